import { readFileSync } from 'node:fs';
import { readSafetensors, type SafeTensor } from '@mcore/safetensors';
import * as tf from '@tensorflow/tfjs-core';

/** Tensors of a file in `__fixtures__`, see goldens/ops.py. */
export function readFixture(name: string): Map<string, SafeTensor> {
  const bytes = readFileSync(new URL(`../__fixtures__/${name}.safetensors`, import.meta.url));
  return new Map(readSafetensors(new Uint8Array(bytes)).tensors);
}

/** One tensor of a fixture on the current backend. */
export function tensorOf(fixture: Map<string, SafeTensor>, name: string): tf.Tensor {
  const { data, shape } = fixture.get(name)!;
  return tf.tensor(data as Float32Array, [...shape], 'float32');
}

/** Relative L2 distance, `|a - b| / |b|`; `|a - b|` where b is all zeros. */
export async function distance(actual: tf.Tensor, expected: tf.Tensor): Promise<number> {
  if (!tf.util.arraysEqual(actual.shape, expected.shape)) {
    throw new Error(`distance: shapes must be equal, got [${actual.shape}] and [${expected.shape}].`);
  }
  const [a, b] = [await actual.data(), await expected.data()];
  let [difference, size] = [0, 0];
  for (let index = 0; index < a.length; index++) {
    difference += (a[index]! - b[index]!) ** 2;
    size += b[index]! ** 2;
  }
  return Math.sqrt(difference / (size || 1));
}
