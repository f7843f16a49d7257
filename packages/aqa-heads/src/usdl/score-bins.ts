import * as tf from '@tensorflow/tfjs-core';

/** Bins that a score is spread over. */
export interface ScoreBins {
  /** Bins, the first at `range[0]` and the last at `range[1]`. */
  readonly count: number;
  readonly range: readonly [number, number];
  /** Standard deviation of a label, in bins. */
  readonly sigma: number;
}

/**
 * A label as a distribution: the normal density at the bins around the score, divided by its sum.
 *
 * Source: Tang et al., "Uncertainty-aware Score Distribution Learning for Action Quality Assessment", CVPR 2020, section 3.2.
 *
 * @returns Probabilities that add up to 1.
 */
export function labelDistribution(score: number, { count, range: [low, high], sigma }: ScoreBins): number[] {
  const centre = ((score - low) / (high - low)) * (count - 1);
  // relative to the nearest bin, so that a score beyond the range still leaves a density that can be divided by
  const nearest = Math.min(Math.max(centre, 0), count - 1) - centre;
  const densities = Array.from({ length: count }, (_, bin) =>
    Math.exp((nearest ** 2 - (bin - centre) ** 2) / (2 * sigma ** 2)),
  );
  const sum = densities.reduce((total, density) => total + density, 0);
  return densities.map((density) => density / sum);
}

/**
 * Kullback-Leibler divergence of predicted distributions from labels, `sum over bins of label (log label - log prediction)`.
 *
 * @param labels - `[batch][bins]`.
 * @param logits - Of the predictions before their softmax, `[batch, bins]`.
 * @param mean - Over `'batch'`, or over `'elements'`: batch x bins, PyTorch's default, which the released code uses.
 * @returns A scalar; the caller disposes it.
 */
export function labelDivergence(labels: number[][], logits: tf.Tensor2D, mean: 'batch' | 'elements'): tf.Scalar {
  return tf.tidy(() => {
    const entropy = labels.flat().reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
    const cross = tf.sum(tf.mul(tf.tensor2d(labels), tf.logSoftmax(logits)));
    const divisor = mean === 'batch' ? labels.length : logits.size;
    return tf.div(tf.sub(entropy, cross), divisor) as tf.Scalar;
  });
}

/** Value of the most likely bin; of equal ones the first. */
export function mostLikelyScore(probabilities: ArrayLike<number>, bins: ScoreBins): number {
  let best = 0;
  for (let bin = 1; bin < probabilities.length; bin++) if (probabilities[bin]! > probabilities[best]!) best = bin;
  return binValue(best, bins);
}

/** Mean of the bins' values under the distribution. */
export function expectedScore(probabilities: ArrayLike<number>, bins: ScoreBins): number {
  return Array.from(probabilities).reduce((sum, probability, bin) => sum + probability * binValue(bin, bins), 0);
}

function binValue(bin: number, { count, range: [low, high] }: ScoreBins): number {
  return low + (bin * (high - low)) / (count - 1);
}
