import * as tf from '@tensorflow/tfjs-core';

/** Sizes of one call of {@link crossAttention}. */
export interface AttentionSizes {
  /** Independent groups: nothing attends from one to another. */
  readonly groups: number;
  /** Tokens of a group, of queries as of keys. */
  readonly tokens: number;
  /** Heads; a divisor of the channels. */
  readonly heads: number;
}

/**
 * Multi-head attention between projected tokens: `softmax(Q K^T / sqrt(channels / heads)) V` for every group and head, heads side by side
 * again.
 *
 * Source: Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2.
 *
 * @param query - `[groups * tokens, channels]`.
 * @param key - Shaped likewise.
 * @param value - Shaped likewise.
 * @param sizes - How the rows and channels divide.
 * @returns `[groups * tokens, channels]`; the caller disposes it.
 */
export function crossAttention(
  query: tf.Tensor2D,
  key: tf.Tensor2D,
  value: tf.Tensor2D,
  { groups, tokens, heads }: AttentionSizes,
): tf.Tensor2D {
  return tf.tidy(() => {
    const channels = query.shape[1];
    const perHead = channels / heads;
    const split = (x: tf.Tensor2D) =>
      tf.reshape(tf.transpose(tf.reshape(x, [groups, tokens, heads, perHead]), [0, 2, 1, 3]), [
        groups * heads,
        tokens,
        perHead,
      ]); // [G T, C] -> [G H, T, C/H]
    const scores = tf.mul(tf.matMul(split(query), split(key), false, true), 1 / Math.sqrt(perHead)); // [G H, T, T]
    const mixed = tf.matMul(tf.softmax(scores), split(value)); // [G H, T, C/H]
    const apart = tf.reshape(mixed, [groups, heads, tokens, perHead]);
    return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [groups * tokens, channels]);
  });
}
