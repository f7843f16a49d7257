import { averageIoU, relativeL2 } from '@mcore/metrics';

/**
 * Whether the predicted interval from the first to the last transition overlaps the true one with IoU >= threshold, in percent, so
 * that the mean over clips is AIoU@threshold in percent.
 *
 * @param predicted - Transitions of one clip.
 * @param actual - Its true transitions; empty where nobody labelled any.
 * @returns 100 or 0; NaN where the clip has fewer than two true transitions and so no interval to find.
 * @throws {@link MetricsError} if there are not as many predicted as true transitions, or the threshold is not in (0, 1].
 */
export function intervalHit(predicted: readonly number[], actual: readonly number[], threshold: number): number {
  if (actual.length < 2) return Number.NaN;
  return 100 * averageIoU([predicted], [actual], threshold);
}

/**
 * Relative L2 distance x 100 with one range for the metric and all its resamples: a bootstrap interval would otherwise measure the
 * range too.
 *
 * @param actual - True scores of all clips.
 * @returns A function of predicted and true scores; it returns NaN where all of `actual` are equal.
 */
export function relativeL2x100Over(
  actual: readonly number[],
): (predicted: ArrayLike<number>, actual: ArrayLike<number>) => number {
  const range = Math.max(...actual) - Math.min(...actual);
  return (p, a) => (range > 0 ? 100 * relativeL2(p, a, { range }) : Number.NaN);
}

/** Arithmetic mean; NaN of no values, or where one is NaN. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum / values.length;
}
