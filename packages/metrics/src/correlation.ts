import { assertSameLength, MetricsError } from './metrics-error.js';
import { averageRanks } from './ranks.js';

/**
 * Pearson's correlation: covariance over the product of the standard deviations.
 *
 * Source: agrees with `scipy.stats.pearsonr`, except that fewer than two pairs give NaN; scipy raises an error.
 *
 * @param predicted - Any array-like of numbers.
 * @param actual - As many numbers.
 * @returns A number in [-1, 1]; NaN where it is undefined: fewer than two pairs, one side constant, or a value that is
 *   NaN or infinite.
 * @throws {@link MetricsError} if the lengths differ.
 */
export function pearson(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  assertSameLength('pearson', predicted, actual);
  return correlation(predicted, actual);
}

/**
 * Spearman's rank correlation (SRCC): Pearson's correlation of the ranks, ties sharing the mean of their ranks.
 *
 * Source: agrees with `scipy.stats.spearmanr`, NaN included.
 *
 * @param predicted - Any array-like of numbers, in any unit: only their order counts.
 * @param actual - As many numbers.
 * @returns A number in [-1, 1]; NaN where it is undefined: fewer than two pairs, one side constant, or a NaN anywhere.
 * @throws {@link MetricsError} if the lengths differ.
 */
export function spearman(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  assertSameLength('spearman', predicted, actual);
  if (hasNaN(predicted) || hasNaN(actual)) return Number.NaN;
  return correlation(averageRanks(predicted), averageRanks(actual));
}

/**
 * Kendall's tau-b: (concordant - discordant pairs) / sqrt(pairs untied in one x pairs untied in the other).
 *
 * Compares every pair of clips, so the time grows with the square of the length (749 clips: a few milliseconds).
 * Source: agrees with `scipy.stats.kendalltau` (variant b), NaN included.
 *
 * @param predicted - Any array-like of numbers, in any unit: only their order counts.
 * @param actual - As many numbers.
 * @returns A number in [-1, 1]; NaN where it is undefined: fewer than two pairs, one side constant, or a NaN anywhere.
 * @throws {@link MetricsError} if the lengths differ.
 */
export function kendall(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  assertSameLength('kendall', predicted, actual);
  if (hasNaN(predicted) || hasNaN(actual)) return Number.NaN;
  let balance = 0;
  let untiedPredicted = 0;
  let untiedActual = 0;
  for (let first = 0; first < predicted.length; first++) {
    for (let second = first + 1; second < predicted.length; second++) {
      const a = compare(predicted[first]!, predicted[second]!);
      const b = compare(actual[first]!, actual[second]!);
      balance += a * b;
      untiedPredicted += a * a;
      untiedActual += b * b;
    }
  }
  return clip(balance / Math.sqrt(untiedPredicted * untiedActual));
}

/**
 * Mean of correlations through Fisher's z: tanh(mean(atanh(r))).
 *
 * Papers report this mean over the sports of AQA-7.
 *
 * @param correlations - Numbers in [-1, 1], one per class.
 * @returns A number in [-1, 1]; exactly 1 or -1 if one of them is; NaN if one is NaN or both 1 and -1 occur.
 * @throws {@link MetricsError} if `correlations` is empty, or one lies outside [-1, 1].
 */
export function fisherMean(correlations: ArrayLike<number>): number {
  if (correlations.length === 0) {
    throw new MetricsError('ERR_MCORE_SHAPE', 'fisherMean: expected at least one correlation, got none.');
  }
  let sum = 0;
  for (let index = 0; index < correlations.length; index++) {
    const value = correlations[index]!;
    if (Math.abs(value) > 1) {
      throw new MetricsError('ERR_MCORE_ARGUMENT', `fisherMean: expected correlations in [-1, 1], got ${value}.`);
    }
    sum += Math.atanh(value);
  }
  return Math.tanh(sum / correlations.length);
}

function correlation(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  const a = centred(predicted);
  const b = centred(actual);
  if (a === undefined || b === undefined) return Number.NaN;
  return clip(product(a, b) / Math.sqrt(product(a, a) * product(b, b)));
}

/** Scales values to about 1 and shifts them to mean 0; undefined if all are equal or one is not finite. */
function centred(values: ArrayLike<number>): Float64Array | undefined {
  const first = values[0]!;
  let constant = true;
  let largest = 0;
  for (let index = 0; index < values.length; index++) {
    constant &&= values[index] === first;
    largest = Math.max(largest, Math.abs(values[index]!));
  }
  if (constant || !Number.isFinite(largest)) return undefined; // no values count as constant too
  // a power of two scales without rounding; squares then neither overflow nor vanish
  const scale = 2 ** Math.floor(Math.log2(largest));
  const scaled = Float64Array.from(values, (value) => value / scale);
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  return scaled.map((value) => value - mean);
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function clip(value: number): number {
  return Math.max(-1, Math.min(1, value));
}

function hasNaN(values: ArrayLike<number>): boolean {
  for (let index = 0; index < values.length; index++) if (Number.isNaN(values[index])) return true;
  return false;
}
