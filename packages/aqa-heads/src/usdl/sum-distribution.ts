import * as tf from '@tensorflow/tfjs-core';

/**
 * Distribution of the sum of independent marks.
 *
 * @param distributions - Of every mark, `[batch, bins]` each.
 * @returns `[batch, marks x (bins - 1) + 1]`: bin k of the sum holds all combinations whose bins add up to k. The caller disposes it.
 */
export function sumDistribution(distributions: readonly tf.Tensor2D[]): tf.Tensor2D {
  return tf.tidy(() => distributions.reduce((sum, next) => convolved(sum, next)));
}

function convolved(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const [batch, ofA] = a.shape;
  const ofB = b.shape[1];
  const products = tf.reshape(tf.mul(tf.expandDims(a, 2), tf.expandDims(b, 1)), [batch, ofA * ofB]); // [B, A, 1] x [B, 1, B']
  const places = new Float32Array(ofA * ofB * (ofA + ofB - 1));
  for (let i = 0; i < ofA; i++) for (let j = 0; j < ofB; j++) places[(i * ofB + j) * (ofA + ofB - 1) + i + j] = 1;
  return tf.matMul(products as tf.Tensor2D, tf.tensor2d(places, [ofA * ofB, ofA + ofB - 1]));
}
