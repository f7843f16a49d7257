import * as tf from '@tensorflow/tfjs-core';
import { differenceIn, placeInGroups } from './group-borders.js';

/** What a head says of pairs, before anything is chosen. */
export interface GroupOutputs {
  /** Log-probabilities of the groups, `[pairs, leaves]`. */
  readonly logProbabilities: tf.Tensor2D;
  /** Position in every group, `[pairs, leaves]`. */
  readonly positions: tf.Tensor2D;
}

/** Parts of the loss; scalars that the caller disposes. */
interface GroupLosses {
  readonly classification: tf.Scalar;
  readonly regression: tf.Scalar;
}

/**
 * Losses of group classification and of the positions in groups, for pairs of one direction.
 *
 * Classification: negative log-likelihood of the true group, or binary cross-entropy summed over all groups; mean over pairs. Regression: for
 * every group the mean squared error over the pairs that lie in it, summed over groups.
 *
 * Source: Yu et al., ICCV 2021, section 3.3: the paper has binary cross-entropy, the released code the likelihood.
 *
 * @param outputs - Of B pairs.
 * @param differences - True ones, B.
 * @param borders - Ascending, one more than leaves.
 */
export function groupLosses(
  { logProbabilities, positions }: GroupOutputs,
  differences: readonly number[],
  borders: readonly number[],
  classification: 'nll' | 'binary',
): GroupLosses {
  return tf.tidy(() => {
    const [pairs, leaves] = logProbabilities.shape;
    const places = differences.map((difference) => placeInGroups(difference, borders));
    const members = new Float32Array(leaves);
    for (const { leaf } of places) members[leaf]! += 1;
    const [chosen, weights, truth] = [0, 1, 2].map(() => new Float32Array(pairs * leaves)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    for (const [pair, { leaf, position }] of places.entries()) {
      chosen[pair * leaves + leaf] = 1;
      weights[pair * leaves + leaf] = 1 / members[leaf]!; // a mean over each group's own pairs
      truth[pair * leaves + leaf] = position;
    }
    const matrix = (values: Float32Array) => tf.tensor2d(values, [pairs, leaves]);
    const errors = tf.square(tf.sub(positions, matrix(truth)));
    return {
      classification: tf.div(cost(logProbabilities, matrix(chosen), classification), pairs) as tf.Scalar,
      regression: tf.sum(tf.mul(errors, matrix(weights))) as tf.Scalar,
    };
  });
}

/** Probabilities above this are taken as this, so that the logarithm of the rest is finite. */
const largestProbability = 1 - 1e-6;

function cost(logProbabilities: tf.Tensor2D, chosen: tf.Tensor2D, classification: 'nll' | 'binary'): tf.Tensor {
  const likelihood = tf.sum(tf.mul(logProbabilities, chosen));
  if (classification === 'nll') return tf.neg(likelihood);
  const rest = tf.log(tf.sub(1, tf.minimum(tf.exp(logProbabilities), largestProbability)));
  return tf.neg(tf.add(likelihood, tf.sum(tf.mul(rest, tf.sub(1, chosen)))));
}

/**
 * Differences that outputs stand for: of every pair the position in its most likely group.
 *
 * @returns One a pair.
 */
export async function predictedDifferences(outputs: GroupOutputs, borders: readonly number[]): Promise<number[]> {
  const [pairs, leaves] = outputs.logProbabilities.shape;
  const [probabilities, positions] = await Promise.all([outputs.logProbabilities.data(), outputs.positions.data()]);
  return Array.from({ length: pairs }, (_, pair) => {
    let leaf = 0;
    for (let other = 1; other < leaves; other++) {
      if (probabilities[pair * leaves + other]! > probabilities[pair * leaves + leaf]!) leaf = other;
    }
    return differenceIn({ leaf, position: positions[pair * leaves + leaf]! }, borders);
  });
}
