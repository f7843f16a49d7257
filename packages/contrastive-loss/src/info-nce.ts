import * as tf from '@tensorflow/tfjs-core';
import { normalize, normalizeGradient } from './normalize.js';

/** Subtracted from the similarity of a vector with itself, so that its exponential is 0. */
const excluded = 1e9;

/**
 * InfoNCE within groups of paired vectors, both directions averaged: eq. 5 (f of the positive), eq. 6 (the sums over negatives) and eq. 7
 * (the objective of a pair) of the paper, where a group is a pair of videos and its members are stages.
 *
 * With f(a, b) = exp(cos(a, b) / temperature), for vector i of one side x against the other side y:
 * -log( f(x_i, y_i) / ( sum over j of f(x_i, y_j) + sum over j != i of f(x_i, x_j) ) ); the result is the mean over groups, vectors and
 * both directions. The gradient is hand-written, so it needs only kernels that every backend has.
 *
 * @param query - `[groups, members, channels]`.
 * @param exemplar - Shaped like `query`; member i is the positive of the query's member i.
 * @param temperature - Above 0.
 * @returns A scalar of at least 0; the caller disposes it.
 */
export function infoNce(query: tf.Tensor3D, exemplar: tf.Tensor3D, temperature: number): tf.Scalar {
  const members = query.shape[1];
  const compute = tf.customGrad((...args: unknown[]) => {
    const [q, e, save] = args as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const { unit, inverseLength } = normalize(tf.concat([q, e], 1)); // [G, 2M, C]
    const logits = tf.sub(tf.div(tf.matMul(unit, unit, false, true), temperature), diagonal(members, excluded)); // [G, 2M, 2M]
    const peak = tf.max(logits, -1, true);
    const normaliser = tf.add(peak, tf.log(tf.sum(tf.exp(tf.sub(logits, peak)), -1, true))); // [G, 2M, 1]
    const positives = positiveMask(members); // [2M, 2M]
    const positive = tf.sum(tf.mul(logits, positives), -1, true);
    const value = tf.mean(tf.sub(normaliser, positive)) as tf.Scalar;
    save([unit, inverseLength, logits, normaliser]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const gradient = tf.tidy(() => infoNceGradient(dy, saved, members, temperature));
      const halves = tf.split(gradient, 2, 1);
      gradient.dispose();
      return halves;
    };
    return { value, gradFunc };
  });
  return compute(query, exemplar) as tf.Scalar;
}

/** Gradient of {@link infoNce} for query and exemplar together, `[groups, 2 * members, channels]`. */
function infoNceGradient(dy: tf.Tensor, saved: tf.Tensor[], members: number, temperature: number): tf.Tensor {
  const [unit, inverseLength, logits, normaliser] = saved as [tf.Tensor3D, tf.Tensor, tf.Tensor3D, tf.Tensor];
  const probabilities = tf.exp(tf.sub(logits, normaliser));
  const dLogits = tf.sub(probabilities, positiveMask(members)); // [G, 2M, 2M]
  // every cosine occurs twice, as row i column j and as row j column i
  const both = tf.add(dLogits, tf.transpose(dLogits, [0, 2, 1]));
  const rows = unit.shape[0] * unit.shape[1];
  const dUnit = tf.mul(tf.matMul(both, unit), tf.div(dy, rows * temperature)); // [G, 2M, C]
  return normalizeGradient(dUnit, { unit, inverseLength });
}

/** `[2M, 2M]`: 1 where the column is the row's positive. */
function positiveMask(members: number): tf.Tensor2D {
  return square(2 * members, (row) => (row + members) % (2 * members), 1);
}

/** `[2M, 2M]`: `value` on the diagonal. */
function diagonal(members: number, value: number): tf.Tensor2D {
  return square(2 * members, (row) => row, value);
}

/** `[size, size]`: `value` in one column of every row, 0 elsewhere. */
function square(size: number, column: (row: number) => number, value: number): tf.Tensor2D {
  const values = new Float32Array(size * size);
  for (let row = 0; row < size; row++) values[row * size + column(row)] = value;
  return tf.tensor2d(values, [size, size]);
}
