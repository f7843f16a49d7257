import type { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Sets a random fraction of the values to 0 and divides the others by 1 - rate, so that the expected value stays.
 *
 * @param x - Any shape.
 * @param rate - In [0, 1).
 * @param random - Supplies one number per value.
 * @returns Shaped like `x`; the caller disposes it.
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, random: Random): T {
  const mask = Float32Array.from({ length: x.size }, () => (random.chance(rate) ? 0 : 1 / (1 - rate)));
  return tf.tidy(() => tf.mul(x, tf.tensor(mask, x.shape)));
}
