import { assertSameLength, MetricsError } from './metrics-error.js';
import { averageRanks } from './ranks.js';

/**
 * Area under the ROC curve: the probability that a passed clip scores above a failed clip; ties count half.
 *
 * `(sum of the ranks of those that passed - n (n + 1) / 2) / (n m)` for n passed and m failed clips (Mann and Whitney, 1947).
 * Source: agrees with `scipy.stats.mannwhitneyu(...).statistic / (n m)` and with `sklearn.metrics.roc_auc_score`.
 *
 * @param predicted - Scores in any unit; only their order counts.
 * @param passed - As many verdicts: true or 1, false or 0.
 * @returns In [0, 1], 0.5 by chance; NaN if undefined: all passed, all failed, or a score is NaN.
 * @throws {@link MetricsError} if the lengths differ, or a verdict is neither 0 nor 1.
 */
export function areaUnderCurve(predicted: ArrayLike<number>, passed: ArrayLike<number | boolean>): number {
  assertVerdicts('areaUnderCurve', predicted, passed);
  const ranks = averageRanks(predicted);
  let [rankSum, positives, undefinedScores] = [0, 0, 0];
  for (let index = 0; index < ranks.length; index++) {
    if (Number.isNaN(predicted[index])) undefinedScores++;
    if (!passed[index]) continue;
    rankSum += ranks[index]!;
    positives++;
  }
  const negatives = ranks.length - positives;
  if (positives === 0 || negatives === 0 || undefinedScores > 0) return Number.NaN;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Fraction of correct verdicts; a clip passes if its score is at least the threshold.
 *
 * @param predicted - Scores.
 * @param passed - As many verdicts: true or 1, false or 0.
 * @param options - `threshold`: default 0.5, the middle between 0 and 1.
 * @returns In [0, 1]; NaN without clips or if a score is NaN.
 * @throws {@link MetricsError} if the lengths differ, or a verdict is neither 0 nor 1.
 */
export function accuracy(
  predicted: ArrayLike<number>,
  passed: ArrayLike<number | boolean>,
  options: { readonly threshold?: number } = {},
): number {
  const { threshold = 0.5 } = options;
  assertVerdicts('accuracy', predicted, passed);
  let right = 0;
  for (let index = 0; index < predicted.length; index++) {
    if (Number.isNaN(predicted[index])) return Number.NaN;
    if (predicted[index]! >= threshold === Boolean(passed[index])) right++;
  }
  return predicted.length === 0 ? Number.NaN : right / predicted.length;
}

function assertVerdicts(caller: string, predicted: ArrayLike<number>, passed: ArrayLike<number | boolean>): void {
  assertSameLength(caller, predicted, passed, ['predicted', 'passed']);
  for (let index = 0; index < passed.length; index++) {
    const verdict = Number(passed[index]);
    if (verdict !== 0 && verdict !== 1) {
      throw new MetricsError('ERR_MCORE_ARGUMENT', `${caller}: expected verdicts of 0 or 1, got ${passed[index]}.`);
    }
  }
}
