import { relativeError } from '@mcore/testing/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { ParityEngine } from './engines.js';

export { readFixture as fixture } from '@mcore/testing/fixtures';
export { relativeError };

/** Largest relative L2 errors of a part: of its outputs, and of all its gradients. */
export interface Errors {
  forward: number;
  gradients?: number;
}

/** A row of the table. */
export interface Part {
  name: string;
  /** What it is compared with. */
  against: string;
  /** What is promised: the command fails where an error is larger. */
  bounds: Errors;
  /** Engines that would take many minutes. */
  leftOut?: readonly ParityEngine[];
  measure(): Promise<Errors>;
}

/** What one engine measured; scripts/measure-parity.mjs makes the table of it. */
export interface EngineResult {
  engine: ParityEngine;
  about?: string;
  unavailable?: string;
  parts: { name: string; against: string; bounds: Errors; measured?: Errors }[];
}

/** {@link relativeError} of a tensor, which is disposed. */
export async function errorOf(tensor: tf.Tensor, expected: ArrayLike<number>): Promise<number> {
  const values = await tensor.data();
  tensor.dispose();
  return relativeError(values, expected);
}

/** Collects errors and keeps the largest. */
export class Worst {
  #worst = 0;

  add(error: number): void {
    if (!(error <= this.#worst)) this.#worst = error; // NaN too
  }

  get value(): number {
    return this.#worst;
  }
}

/** Output and gradients of `sum(output * direction)` by every input. */
export function differentiate(
  run: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
  direction: tf.Tensor,
): { output: tf.Tensor; gradients: tf.Tensor[] } {
  const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) => run(...args))(inputs, direction);
  return { output: value, gradients: grads };
}
