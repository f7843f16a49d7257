import * as tf from '@tensorflow/tfjs-core';

/**
 * Applies layers one after the other. What a layer leaves behind, and each input but the first, is freed as soon as the next layer is
 * done, so that memory holds two layers and not the whole network. Gradients are as ever: the tape keeps what it needs.
 *
 * @param x - Not disposed.
 * @param layers - Each returns a new tensor.
 * @returns What the last layer returns; the caller disposes it.
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
