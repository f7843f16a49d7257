import { ArgumentError } from '@mcore/errors';

/** State of an {@link Adam}. Restored, it continues bit-exactly. */
export interface AdamState {
  /** Updates done. */
  step: number;
  /** Running mean of the gradient. */
  mean: Float32Array;
  /** Running mean of the squared gradient. */
  square: Float32Array;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * Adam over one flat array of parameters, in plain JavaScript, so that it gives the same numbers on every engine.
 *
 * `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`, `p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)` with
 * PyTorch's defaults b1 = 0.9, b2 = 0.999, eps = 1e-8.
 *
 * With weight decay it is AdamW: the parameters are first multiplied by `1 - lr decay` (Loshchilov and Hutter, "Decoupled Weight Decay
 * Regularization", ICLR 2019).
 *
 * Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015; the order of operations is PyTorch's.
 */
export class Adam {
  readonly #state: AdamState;
  readonly #weightDecay: number;

  /**
   * @param start - The number of parameters, or a saved state.
   * @param options - `weightDecay`: of all parameters; 0 unless given.
   */
  constructor(start: number | AdamState, { weightDecay = 0 }: { weightDecay?: number } = {}) {
    this.#weightDecay = weightDecay;
    this.#state =
      typeof start === 'number'
        ? { step: 0, mean: new Float32Array(start), square: new Float32Array(start) }
        : { step: start.step, mean: start.mean.slice(), square: start.square.slice() };
  }

  /** The state; its arrays are the optimiser's own and change with the next update. */
  get state(): Readonly<AdamState> {
    return this.#state;
  }

  /**
   * Changes the parameters in place.
   *
   * @param parameters - Changed.
   * @param gradient - As long as `parameters`.
   * @param learningRates - One for every parameter.
   * @param factor - Multiplies every learning rate: the schedule's part.
   */
  update(parameters: Float32Array, gradient: Float32Array, learningRates: Float32Array, factor: number): void {
    const { mean, square } = this.#state;
    for (const [name, array] of Object.entries({ parameters, gradient, learningRates })) {
      if (array.length !== mean.length) {
        throw new ArgumentError(`Adam.update: expected ${mean.length} ${name}, got ${array.length}.`);
      }
    }
    this.#state.step += 1;
    const meanCorrection = 1 - BETA1 ** this.#state.step;
    const squareCorrection = Math.sqrt(1 - BETA2 ** this.#state.step);
    if (this.#weightDecay > 0) decay(parameters, learningRates, factor * this.#weightDecay);
    for (let index = 0; index < parameters.length; index++) {
      const slope = gradient[index]!;
      const m = mean[index]! + (1 - BETA1) * (slope - mean[index]!);
      const v = BETA2 * square[index]! + (1 - BETA2) * slope * slope;
      mean[index] = m;
      square[index] = v;
      const size = (learningRates[index]! * factor) / meanCorrection;
      parameters[index]! -= (size * m) / (Math.sqrt(v) / squareCorrection + EPSILON);
    }
  }
}

/** Multiplies every parameter by 1 minus its learning rate times the decay. */
function decay(parameters: Float32Array, learningRates: Float32Array, weightDecay: number): void {
  for (let index = 0; index < parameters.length; index++) parameters[index]! *= 1 - learningRates[index]! * weightDecay;
}
