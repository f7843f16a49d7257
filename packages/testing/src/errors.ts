import * as tf from '@tensorflow/tfjs-core';

/** Relative L2 error, `|values - golden| / |golden|`; `|values|` where golden is 0, infinite where the lengths differ. */
export function relativeError(values: ArrayLike<number>, golden: ArrayLike<number>): number {
  if (values.length !== golden.length) return Number.POSITIVE_INFINITY;
  let [difference, size] = [0, 0];
  for (let index = 0; index < golden.length; index++) {
    difference += (values[index]! - golden[index]!) ** 2;
    size += golden[index]! ** 2;
  }
  return Math.sqrt(difference / (size || 1));
}

/** {@link relativeError} of two tensors, which must have the same shape. */
export async function distance(actual: tf.Tensor, expected: tf.Tensor): Promise<number> {
  if (!tf.util.arraysEqual(actual.shape, expected.shape)) {
    throw new Error(`distance: shapes must be equal, got [${actual.shape}] and [${expected.shape}].`);
  }
  return relativeError(await actual.data(), await expected.data());
}
