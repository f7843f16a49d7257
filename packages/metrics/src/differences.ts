import { assertPaired, MetricsError } from './metrics-error.js';

/** Options of {@link relativeL2}. */
export interface RelativeL2Options {
  /**
   * Divisor of the differences, in the unit of the scores, above 0; default max - min of `actual`. If `actual` is only part of a class,
   * give the range of the whole class.
   */
  readonly range?: number;
}

/**
 * Relative L2 distance (R-l2): mean over clips of ((predicted - actual) / range)^2.
 *
 * Papers report it times 100; this function does not multiply.
 * Source: Yu et al., "Group-aware Contrastive Regression for Action Quality Assessment", ICCV 2021, section 4.1.
 *
 * @param predicted - Scores.
 * @param actual - As many scores, in the same unit.
 * @returns At least 0; NaN if `actual` is constant and there is no range, or if a score is NaN.
 * @throws {@link MetricsError} if the lengths differ or are 0, or `range` isn't above 0.
 */
export function relativeL2(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  options: RelativeL2Options = {},
): number {
  assertPaired('relativeL2', predicted, actual);
  if (options.range !== undefined && !(options.range > 0)) {
    throw new MetricsError('ERR_MCORE_ARGUMENT', `relativeL2: range must be above 0, got ${options.range}.`);
  }
  const range = options.range ?? spread(actual);
  if (range === 0) return Number.NaN;
  return meanOver(predicted, actual, (difference) => (difference / range) ** 2);
}

/**
 * Mean absolute error, in the unit of the scores.
 *
 * @param predicted - Scores.
 * @param actual - As many scores.
 * @returns At least 0; NaN where a score is NaN.
 * @throws {@link MetricsError} if the lengths differ or are 0.
 */
export function meanAbsoluteError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  assertPaired('meanAbsoluteError', predicted, actual);
  return meanOver(predicted, actual, Math.abs);
}

/**
 * Mean squared error, in the squared unit of the scores. Papers on Fis-V report it beside the rank correlation.
 *
 * @param predicted - Scores.
 * @param actual - As many scores.
 * @returns At least 0; NaN where a score is NaN.
 * @throws {@link MetricsError} if the lengths differ or are 0.
 */
export function meanSquaredError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  assertPaired('meanSquaredError', predicted, actual);
  return meanOver(predicted, actual, (difference) => difference ** 2);
}

/**
 * Root of the mean squared error, in the unit of the scores.
 *
 * @param predicted - Scores.
 * @param actual - As many scores.
 * @returns At least 0; NaN where a score is NaN.
 * @throws {@link MetricsError} if the lengths differ or are 0.
 */
export function rootMeanSquaredError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  assertPaired('rootMeanSquaredError', predicted, actual);
  return Math.sqrt(meanOver(predicted, actual, (difference) => difference ** 2));
}

function spread(values: ArrayLike<number>): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    low = Math.min(low, values[index]!);
    high = Math.max(high, values[index]!);
  }
  return high - low;
}

function meanOver(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  measure: (difference: number) => number,
): number {
  let sum = 0;
  for (let index = 0; index < predicted.length; index++) sum += measure(predicted[index]! - actual[index]!);
  return sum / predicted.length;
}
