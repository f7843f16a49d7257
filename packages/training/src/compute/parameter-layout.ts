import { WeightsError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';

interface Entry {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/**
 * Lays a model's trainable variables end to end in one flat array, so that gradients can be summed, sent between
 * threads and saved as plain numbers, whatever the engine.
 */
export class ParameterLayout {
  /** Length of the flat array. */
  readonly size: number;
  readonly #entries: readonly Entry[];
  readonly #variables: readonly tf.Variable[];

  /** @param weights - All of a model's variables by name; those that are not trainable are left out. */
  constructor(weights: ReadonlyMap<string, tf.Variable>) {
    const trainable = [...weights].filter(([, variable]) => variable.trainable);
    let offset = 0;
    this.#entries = trainable.map(([name, variable]) => {
      const entry = { name, offset, size: variable.size };
      offset += variable.size;
      return entry;
    });
    this.#variables = trainable.map(([, variable]) => variable);
    this.size = offset;
  }

  /** The trainable variables in order. */
  get variables(): readonly tf.Variable[] {
    return this.#variables;
  }

  /** Copies the model's present values out. */
  async read(): Promise<Float32Array> {
    return this.gather(this.#variables);
  }

  /** Copies tensors that stand in the order of {@link variables} (gradients, say) into one array; 0 for a missing tensor. */
  async gather(tensors: readonly (tf.Tensor | undefined)[]): Promise<Float32Array> {
    const flat = new Float32Array(this.size);
    const values = await Promise.all(tensors.map((tensor) => tensor?.data()));
    for (const [index, { offset }] of this.#entries.entries()) flat.set(values[index] ?? [], offset);
    return flat;
  }

  /** Sets the model's variables. */
  write(flat: Float32Array): void {
    if (flat.length !== this.size) {
      throw new WeightsError(`ParameterLayout.write: expected ${this.size} numbers, got ${flat.length}.`);
    }
    for (const [index, { offset, size }] of this.#entries.entries()) {
      assignValues(this.#variables[index]!, flat.slice(offset, offset + size));
    }
  }

  /** A number for every position of the flat array, by the name of the variable it lies in. */
  fill(numberOf: (name: string) => number): Float32Array {
    const flat = new Float32Array(this.size);
    for (const { name, offset, size } of this.#entries) flat.fill(numberOf(name), offset, offset + size);
    return flat;
  }

  /** Cuts a flat array back into named pieces; they share its memory. */
  split(flat: Float32Array): Map<string, Float32Array> {
    return new Map(this.#entries.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)]));
  }
}

function assignValues(variable: tf.Variable, values: Float32Array): void {
  const tensor = tf.tensor(values, variable.shape);
  variable.assign(tensor);
  tensor.dispose();
}
