import * as tf from '@tensorflow/tfjs-core';

/** How {@link attentionLosses} sees the queries. */
interface AttentionOrder {
  /** Queries in the order of their steps, `[clips][steps]`: indices into the queries, ascending in time. */
  readonly order: readonly (readonly number[])[];
  /** Frames that a query must be ahead of the next one. */
  readonly margin: number;
}

/** Losses on where queries look. */
interface AttentionLosses {
  /** Mean over pairs of successive queries of `max(0, c_k - c_next + margin)`. */
  readonly order: tf.Scalar;
  /** Mean over clips of `max(0, 1 - c_first + margin) + max(0, c_last - T + margin)`. */
  readonly ends: tf.Scalar;
  /** Mean over clips and all queries of `sum over t of |t - c_k| a_kt`. */
  readonly spread: tf.Scalar;
}

/**
 * Losses that keep attention over time in order and narrow. The centre of query k is `c_k = sum over t of t a_kt`, with t from 1 to T.
 *
 * Source: Bai et al., "Action Quality Assessment with Temporal Parsing Transformer", ECCV 2022, section 3.3; over the steps that a clip has:
 * Majeedi et al., "RICA2: Rubric-Informed, Calibrated Assessment of Actions", ECCV 2024.
 *
 * @param attention - `[clips, queries, time]`, each row adding up to 1 (or 0, for a query that plays no part).
 * @returns Scalars; the caller disposes them.
 */
export function attentionLosses(attention: tf.Tensor3D, { order, margin }: AttentionOrder): AttentionLosses {
  return tf.tidy(() => {
    const [clips, queries, time] = attention.shape;
    const times = tf.reshape(tf.range(1, time + 1), [1, 1, time]);
    const centres = tf.sum(tf.mul(attention, times), 2, true); // [N, Q, 1]
    const spread = tf.mean(tf.sum(tf.mul(tf.abs(tf.sub(times, centres)), attention), 2)) as tf.Scalar;
    const pick = (slots: (number | undefined)[][]) => tf.matMul(oneHot(slots, queries), centres); // [N, P, 1]
    const pairs = Math.max(1, ...order.map((slots) => slots.length - 1));
    const columns = Array.from({ length: pairs }, (_, pair) => pair);
    const former = order.map((slots) => columns.map((pair) => (pair + 1 < slots.length ? slots[pair] : undefined)));
    const latter = order.map((slots) => columns.map((pair) => slots[pair + 1]));
    const count = order.reduce((sum, slots) => sum + Math.max(0, slots.length - 1), 0);
    const isPair = tf.tensor(
      former.flat().map((slot) => (slot === undefined ? 0 : 1)),
      [clips, pairs, 1],
    );
    const behind = tf.relu(tf.add(tf.sub(pick(former), pick(latter)), margin));
    const first = pick(order.map((slots) => [slots[0]]));
    const last = pick(order.map((slots) => [slots.at(-1)]));
    const early = tf.relu(tf.add(tf.sub(1, first), margin));
    const late = tf.relu(tf.add(tf.sub(last, time), margin));
    return {
      order: tf.div(tf.sum(tf.mul(behind, isPair)), Math.max(1, count)) as tf.Scalar,
      ends: tf.mean(tf.add(early, late)) as tf.Scalar,
      spread,
    };
  });
}

/** `[clips, columns, size]`: 1 at the index of every column, 0 everywhere for undefined. */
function oneHot(indices: readonly (readonly (number | undefined)[])[], size: number): tf.Tensor3D {
  const [clips, columns] = [indices.length, indices[0]!.length];
  const values = new Float32Array(clips * columns * size);
  for (const [row, index] of indices.flat().entries()) if (index !== undefined) values[row * size + index] = 1;
  return tf.tensor3d(values, [clips, columns, size]);
}
