import { formatShape, WeightsError } from '@mcore/errors';

/** A tensor of a PyTorch state dict, row-major. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A part's weights by PyTorch's names, in PyTorch's layouts. */
export type Weights = ReadonlyMap<string, WeightTensor>;

/** Looks up weights, with errors that name them, and tracks which ones were never used. */
export class WeightReader {
  readonly #caller: string;
  readonly #weights: Weights;
  readonly #used = new Set<string>();

  /** @param caller - Public function, for messages. */
  constructor(caller: string, weights: Weights) {
    this.#caller = caller;
    this.#weights = weights;
  }

  /** Whether there is such a weight. */
  has(name: string): boolean {
    return this.#weights.has(name);
  }

  /** Names of all weights. */
  names(): string[] {
    return [...this.#weights.keys()];
  }

  /** @throws {@link WeightsError} if there is no such weight, or its data does not fit its shape. */
  shape(name: string): readonly number[] {
    return this.#get(name).shape;
  }

  /** @throws {@link WeightsError} as {@link shape}. */
  data(name: string): Float32Array {
    return this.#get(name).data;
  }

  /** @throws {@link WeightsError} naming the weights that were not used. */
  assertAllUsed(): void {
    const unused = this.names().filter((name) => !this.#used.has(name) && !name.endsWith('num_batches_tracked'));
    if (unused.length > 0) {
      throw new WeightsError(
        `${this.#caller}: expected the weights of one part, got others too: ${unused.join(', ')}.`,
      );
    }
  }

  #get(name: string): WeightTensor {
    const tensor = this.#weights.get(name);
    if (!tensor) throw new WeightsError(`${this.#caller}: expected a weight ${name}, got none.`);
    const size = tensor.shape.reduce((product, length) => product * length, 1);
    if (tensor.data.length !== size) {
      throw new WeightsError(
        `${this.#caller}: expected ${size} numbers for ${name} of shape ${formatShape(tensor.shape)}, got ${tensor.data.length}.`,
      );
    }
    this.#used.add(name);
    return tensor;
  }
}
