import * as tf from '@tensorflow/tfjs-core';

/** Sizes of one call of {@link crossAttention}. */
export interface AttentionSizes {
  /** Independent groups: tokens attend within their group only. */
  readonly groups: number;
  /** Query tokens per group. */
  readonly tokens: number;
  /** Key tokens per group; default as many as query tokens. */
  readonly keys?: number;
  /** Heads; a divisor of the channels of keys and of values. */
  readonly heads: number;
}

/**
 * Multi-head attention between projected tokens: `softmax(Q K^T / sqrt(channels / heads)) V` for every group and head; the heads are then
 * concatenated.
 *
 * Source: Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.2.
 *
 * @param query - `[groups * tokens, channels]`.
 * @param key - `[groups * keys, channels]`.
 * @param value - `[groups * keys, value channels]`.
 * @param sizes - How rows divide into groups and channels into heads.
 * @returns `[groups * tokens, value channels]`; the caller disposes it.
 */
export function crossAttention(
  query: tf.Tensor2D,
  key: tf.Tensor2D,
  value: tf.Tensor2D,
  { groups, tokens, keys = tokens, heads }: AttentionSizes,
): tf.Tensor2D {
  return tf.tidy(() => {
    const split = (x: tf.Tensor2D, count: number) => {
      const perHead = x.shape[1] / heads;
      const apart = tf.transpose(tf.reshape(x, [groups, count, heads, perHead]), [0, 2, 1, 3]);
      return tf.reshape(apart, [groups * heads, count, perHead]); // [G T, C] -> [G H, T, C/H]
    };
    const scale = 1 / Math.sqrt(query.shape[1] / heads);
    const scores = tf.mul(tf.matMul(split(query, tokens), split(key, keys), false, true), scale); // [G H, T, K]
    const mixed = tf.matMul(tf.softmax(scores), split(value, keys)); // [G H, T, C/H]
    const channels = value.shape[1];
    const apart = tf.reshape(mixed, [groups, heads, tokens, channels / heads]);
    return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [groups * tokens, channels]);
  });
}
