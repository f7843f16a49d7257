import { formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';

/** The combined vote of the exemplars of one query. */
export interface ExemplarVote<T> {
  /** Mean of exemplar score + delta over the exemplars: the predicted score. */
  readonly mean: T;
  /** Standard deviation of exemplar score + delta (divided by the number of exemplars, so 0 for one): how much they disagree. */
  readonly spread: T;
}

/**
 * Predicted scores from relative scores: the mean of exemplar score + delta over exemplars, and how much the exemplars disagree.
 *
 * Source: An et al., "Multi-stage Contrastive Regression for Action Quality Assessment", ICASSP 2024, eq. 13, with ten exemplars.
 * The spread is ours.
 *
 * @param deltas - Relative scores of query against exemplar. One query: `[exemplars]`; many: `[queries, exemplars]`. Tensors or array-likes
 *   (for many queries: an array-like of array-likes, which may differ in length).
 * @param exemplarScores - True scores of the exemplars, of the same kind and shape.
 * @returns For tensors, tensors of shape `[]` or `[queries]` that the caller disposes; for numbers, numbers; for rows of numbers, one vote
 * per row.
 * @throws {@link ShapeError} if the two don't have the same shape or there are no exemplars.
 */
export function voteOverExemplars(deltas: tf.Tensor, exemplarScores: tf.Tensor): ExemplarVote<tf.Tensor>;
export function voteOverExemplars(deltas: ArrayLike<number>, exemplarScores: ArrayLike<number>): ExemplarVote<number>;
export function voteOverExemplars(
  deltas: ArrayLike<ArrayLike<number>>,
  exemplarScores: ArrayLike<ArrayLike<number>>,
): ExemplarVote<number>[];
export function voteOverExemplars(
  deltas: tf.Tensor | ArrayLike<number> | ArrayLike<ArrayLike<number>>,
  exemplarScores: tf.Tensor | ArrayLike<number> | ArrayLike<ArrayLike<number>>,
): ExemplarVote<tf.Tensor> | ExemplarVote<number> | ExemplarVote<number>[] {
  if (deltas instanceof tf.Tensor) return tensorVote(deltas, exemplarScores as tf.Tensor);
  const scores = exemplarScores as ArrayLike<number> | ArrayLike<ArrayLike<number>>;
  if (deltas.length !== scores.length || deltas.length === 0) throw mismatch([deltas.length], [scores.length]);
  if (typeof deltas[0] === 'number') return numberVote(deltas as ArrayLike<number>, scores as ArrayLike<number>);
  return Array.from(deltas as ArrayLike<ArrayLike<number>>, (row, query) => {
    const ofRow = (scores as ArrayLike<ArrayLike<number>>)[query]!;
    if (row.length !== ofRow.length || row.length === 0)
      throw mismatch([row.length], [ofRow.length], ` for query ${query}`);
    return numberVote(row, ofRow);
  });
}

function numberVote(deltas: ArrayLike<number>, scores: ArrayLike<number>): ExemplarVote<number> {
  const votes = Array.from(deltas, (delta, exemplar) => delta + scores[exemplar]!);
  const mean = votes.reduce((sum, vote) => sum + vote, 0) / votes.length;
  const variance = votes.reduce((sum, vote) => sum + (vote - mean) ** 2, 0) / votes.length;
  return { mean, spread: Math.sqrt(variance) };
}

function tensorVote(deltas: tf.Tensor, scores: tf.Tensor): ExemplarVote<tf.Tensor> {
  if (!tf.util.arraysEqual(deltas.shape, scores.shape) || deltas.size === 0 || deltas.rank === 0) {
    throw mismatch(deltas.shape, scores.shape);
  }
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(tf.add(deltas, scores), -1);
    return { mean, spread: tf.sqrt(variance) };
  });
}

function mismatch(deltas: readonly number[], scores: readonly number[], where = ''): ShapeError {
  return new ShapeError(
    `voteOverExemplars: deltas and exemplarScores must have the same shape with at least one exemplar, got ${formatShape(deltas)} and ${formatShape(scores)}${where}.`,
  );
}
