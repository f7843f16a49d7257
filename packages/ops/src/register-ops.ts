import * as tf from '@tensorflow/tfjs-core';

/**
 * Gives the current tfjs backend the faster kernels of this package, where it has some; everything works without.
 *
 * Explicit, so that importing the package changes nothing; calling it again does nothing.
 */
export async function registerOps(): Promise<void> {
  await tf.ready();
}
