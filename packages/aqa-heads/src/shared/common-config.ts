import { oneOf, type Schema, whole } from '@mcore/schema';

/** What all configurations have. */
export interface CommonConfig {
  /**
   * `'paper'`: as the paper describes the method; `'released'`: as the authors' code computes it. Methods of which no difference is known
   * have `'released'` alone.
   */
  readonly form: 'paper' | 'released';
  /** Channels of a frame's features. */
  readonly inputSize: number;
}

/** How a method is configured. */
export interface MethodConfig<Config> {
  /** Of its configuration, every field. */
  readonly schema: Extract<Schema, { type: 'object' }>;
  /** Channels of the features it takes. */
  readonly defaults: (inputSize: number) => Config;
  /** What is wrong with fields together, or null. */
  readonly problem: (config: Config) => string | null;
}

/** A width of layers. */
export const width = whole(1, 16_384);

/** Fields of {@link CommonConfig}. */
export function commonFields(method: string, forms: readonly string[]): Record<string, Schema> {
  return {
    method: oneOf([method], 'The method.'),
    form: oneOf(forms, 'As the paper describes the method, or as the released code computes it.'),
    inputSize: { ...whole(1, 1_000_000), description: "Channels of a frame's features." },
  };
}
