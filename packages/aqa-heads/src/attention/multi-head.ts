import * as tf from '@tensorflow/tfjs-core';

/** What {@link multiHeadAttention} gives. */
interface Attended {
  /** `[batch, queries, channels]`, heads side by side again. */
  readonly mixed: tf.Tensor3D;
  /** `[batch, heads, queries, keys]`, each row adding up to 1; before any dropout. */
  readonly weights: tf.Tensor4D;
}

/**
 * Multi-head attention of projected tokens that also tells where it looked.
 *
 * Source: Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2.
 *
 * @param query - `[batch, queries, channels]`.
 * @param key - `[batch, keys, channels]`.
 * @param value - Shaped like `key`.
 * @param drop - Dropout of the weights.
 */
export function multiHeadAttention(
  query: tf.Tensor3D,
  key: tf.Tensor3D,
  value: tf.Tensor3D,
  heads: number,
  drop: <T extends tf.Tensor>(x: T) => T,
): Attended {
  const [batch, queries, channels] = query.shape;
  const split = (x: tf.Tensor3D) =>
    tf.transpose(tf.reshape(x, [batch, x.shape[1], heads, channels / heads]), [0, 2, 1, 3]); // [B, H, N, C/H]
  const scores = tf.mul(tf.matMul(split(query), split(key), false, true), 1 / Math.sqrt(channels / heads));
  const weights = tf.softmax(scores) as tf.Tensor4D;
  const mixed = tf.transpose(tf.matMul(drop(weights), split(value)), [0, 2, 1, 3]);
  return { mixed: tf.reshape(mixed, [batch, queries, channels]), weights };
}
