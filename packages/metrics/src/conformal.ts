import { assertLevel, MetricsError } from './metrics-error.js';

/**
 * Half the width of a split conformal interval: the ceil((n + 1) level)-th smallest absolute residual.
 *
 * If the residuals come from clips the model was not fitted on, and new clips are exchangeable with those, then prediction -+ this radius
 * contains the true score with at least this probability.
 * Source: Lei et al., "Distribution-Free Predictive Inference for Regression", JASA 2018, algorithm 2.
 *
 * @param residuals - predicted - actual on held-out clips, in the unit of the scores; signs don't matter.
 * @param level - Expected coverage, in (0, 1); default 0.9.
 * @returns At least 0; Infinity if there are too few residuals for the level (fewer than level / (1 - level)).
 * @throws {@link MetricsError} if there are no residuals, one is NaN, or the level is out of range.
 */
export function conformalRadius(residuals: ArrayLike<number>, level = 0.9): number {
  assertLevel('conformalRadius', level);
  if (residuals.length === 0) {
    throw new MetricsError('ERR_MCORE_SHAPE', 'conformalRadius: expected at least one residual, got none.');
  }
  const sorted = Float64Array.from(residuals, Math.abs).sort();
  const nan = sorted.findIndex(Number.isNaN);
  if (nan >= 0) {
    throw new MetricsError('ERR_MCORE_ARGUMENT', 'conformalRadius: residuals must be numbers, got NaN.');
  }
  // 1e-9 against products such as 100 * 0.55 = 55.00000000000001
  const rank = Math.ceil((residuals.length + 1) * level - 1e-9);
  return rank > residuals.length ? Number.POSITIVE_INFINITY : sorted[rank - 1]!;
}

/**
 * Split conformal interval of one prediction; see {@link conformalRadius}.
 *
 * @param prediction - A score.
 * @param residuals - predicted - actual on held-out clips, in the unit of the score.
 * @param level - Expected coverage, in (0, 1); default 0.9.
 * @returns `[low, high]`, prediction -+ radius.
 * @throws {@link MetricsError} if there are no residuals, one is NaN, or the level is out of range.
 */
export function conformalInterval(prediction: number, residuals: ArrayLike<number>, level = 0.9): [number, number] {
  const radius = conformalRadius(residuals, level);
  return [prediction - radius, prediction + radius];
}
