import * as tf from '@tensorflow/tfjs-core';

/**
 * Kullback-Leibler divergence of the present steps from the standard normal distribution, summed over steps and channels, divided by batch x
 * channels.
 *
 * Source: Alemi et al., "Deep Variational Information Bottleneck", ICLR 2017, as RICA2 uses it.
 *
 * @param mean - `[batch, slots, channels]`.
 * @param variance - Shaped likewise, above 0.
 * @param presence - `[batch, slots, 1]`, 1 or 0.
 * @returns A scalar; the caller disposes it.
 */
export function stepDivergence(mean: tf.Tensor3D, variance: tf.Tensor3D, presence: tf.Tensor3D): tf.Scalar {
  return tf.tidy(() => {
    const [batch, , channels] = mean.shape;
    const each = tf.mul(tf.sub(tf.sub(tf.add(tf.square(mean), variance), tf.log(variance)), 1), 0.5);
    return tf.div(tf.sum(tf.mul(each, presence)), batch * channels) as tf.Scalar;
  });
}

/**
 * Mean variance of the present steps.
 *
 * @returns `[batch, channels]`; the caller disposes it.
 */
export function meanVariance(variance: tf.Tensor3D, presence: tf.Tensor3D): tf.Tensor2D {
  return tf.tidy(() => tf.div(tf.sum(tf.mul(variance, presence), 1), tf.sum(presence, 1)));
}
