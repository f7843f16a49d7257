/** What a gradient is computed of: a pair to compare, or frames to read. */
export interface Input {
  /** For errors: what it is. */
  name?: string;
}

/** A loss and its parts as numbers. */
export type Losses = { total: number } & Record<string, number>;

/** One copy of what learns, here or on a thread of its own. */
export interface Learner<I extends Input, L extends Losses> {
  /** Takes over parameters in the order of `ParameterLayout`. */
  setParameters(flat: Float32Array): Promise<void>;
  /** Losses and gradient of one input, the gradient in the same order. */
  gradient(input: I): Promise<{ losses: L; gradient: Float32Array }>;
}
