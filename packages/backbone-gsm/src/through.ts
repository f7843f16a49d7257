import * as tf from '@tensorflow/tfjs-core';

/**
 * Applies layers one after the other. Intermediate tensors, and each input but the first, are freed as soon as the next layer is done, so
 * that memory holds two layers, not the whole network. Gradients do not change: the tape keeps what it needs.
 *
 * @param x - Not disposed.
 * @param layers - Each returns a new tensor.
 * @returns The result of the last layer; the caller disposes it.
 */
export function through<Features extends tf.Tensor>(
  x: Features,
  ...layers: readonly ((features: Features) => Features)[]
): Features {
  return layers.reduce((features, layer) => {
    const next = tf.tidy(() => layer(features));
    if (features !== x) features.dispose();
    return next;
  }, x);
}
