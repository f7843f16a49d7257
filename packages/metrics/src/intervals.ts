import { assertPaired, MetricsError } from './metrics-error.js';

/** Tolerance of {@link averageIoU}, so that an IoU of exactly 1/2 counts although seconds such as 0.3 - 0.1 are rounded. */
const thresholdSlack = 1e-9;

/**
 * Intersection over union of two intervals.
 *
 * An interval that is empty (`[5, 5]`) or reversed (`[70, 30]`) covers nothing, so its IoU with everything is 0, including itself. The
 * authors' evaluation does the same by adding 2.2e-16 to the union.
 *
 * @param a - `[start, end]`, frames or seconds.
 * @param b - `[start, end]` in the same unit.
 * @returns A number in [0, 1]; NaN if a bound is NaN.
 * @throws {@link MetricsError} unless both have two bounds.
 */
export function intervalIoU(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (const interval of [a, b]) {
    if (interval.length !== 2) {
      throw new MetricsError(
        'ERR_MCORE_SHAPE',
        `intervalIoU: an interval must be [start, end], got ${interval.length} numbers.`,
      );
    }
  }
  return overlap(a[0]!, a[1]!, b[0]!, b[1]!);
}

/**
 * AIoU@threshold: the fraction of clips whose interval from the first to the last transition overlaps the true one with
 * IoU >= threshold.
 *
 * An IoU of exactly the threshold counts (within 1e-9). Clips whose true interval is empty, such as the five FineDiving
 * clips labelled with an empty middle stage, never count: see {@link intervalIoU}.
 * Source: Xu et al., "FineDiving", CVPR 2022, section 5.1.
 *
 * @param predicted - Transitions of every clip, `[clips][transitions]`, at least two each, frames or seconds.
 * @param actual - True transitions, shaped likewise.
 * @param threshold - In (0, 1]; papers report 0.5 and 0.75.
 * @returns A fraction in [0, 1].
 * @throws {@link MetricsError} if lengths differ, there are no clips, a clip has fewer than two transitions, or the
 *   threshold is out of range.
 */
export function averageIoU(
  predicted: ArrayLike<ArrayLike<number>>,
  actual: ArrayLike<ArrayLike<number>>,
  threshold: number,
): number {
  assertPaired('averageIoU', predicted, actual);
  if (!(threshold > 0 && threshold <= 1)) {
    throw new MetricsError('ERR_MCORE_ARGUMENT', `averageIoU: threshold must lie in (0, 1], got ${threshold}.`);
  }
  let hits = 0;
  for (let clip = 0; clip < predicted.length; clip++) {
    const [p, q] = [predicted[clip]!, actual[clip]!];
    if (p.length !== q.length || p.length < 2) {
      throw new MetricsError(
        'ERR_MCORE_SHAPE',
        `averageIoU: clip ${clip} needs the same number of transitions on both sides, at least 2, got ${p.length} and ${q.length}.`,
      );
    }
    if (overlap(p[0]!, p[p.length - 1]!, q[0]!, q[q.length - 1]!) >= threshold - thresholdSlack) hits++;
  }
  return hits / predicted.length;
}

/** Thresholds 0.5, 0.55, ... 0.95, as detection tasks average over (Lin et al., "Microsoft COCO", ECCV 2014). */
const usualThresholds: readonly number[] = Array.from({ length: 10 }, (_, index) => (50 + 5 * index) / 100);

/**
 * AIoU@threshold at many thresholds, see {@link averageIoU}; their mean is {@link meanAverageIoU}.
 *
 * @param predicted - Transitions of every clip, `[clips][transitions]`, at least two each, frames or seconds.
 * @param actual - True transitions, shaped likewise.
 * @param thresholds - Each in (0, 1]; default 0.5, 0.55, ... 0.95.
 * @returns One fraction in [0, 1] per threshold.
 * @throws {@link MetricsError} as {@link averageIoU}, or if there are no thresholds.
 */
export function averageIoUs(
  predicted: ArrayLike<ArrayLike<number>>,
  actual: ArrayLike<ArrayLike<number>>,
  thresholds: ArrayLike<number> = usualThresholds,
): number[] {
  assertThresholds('averageIoUs', thresholds);
  return Array.from(thresholds, (threshold) => averageIoU(predicted, actual, threshold));
}

/**
 * Mean over thresholds of AIoU@threshold: one number for coarse and fine segmentation together.
 *
 * @param predicted - Transitions of every clip, `[clips][transitions]`, at least two each, frames or seconds.
 * @param actual - True transitions, shaped likewise.
 * @param thresholds - Each in (0, 1]; default 0.5, 0.55, ... 0.95.
 * @returns A fraction in [0, 1].
 * @throws {@link MetricsError} as {@link averageIoU}, or if there are no thresholds.
 */
export function meanAverageIoU(
  predicted: ArrayLike<ArrayLike<number>>,
  actual: ArrayLike<ArrayLike<number>>,
  thresholds: ArrayLike<number> = usualThresholds,
): number {
  assertThresholds('meanAverageIoU', thresholds);
  const shares = averageIoUs(predicted, actual, thresholds);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/**
 * For every threshold and every stage, the fraction of clips whose stage overlaps the true one with IoU >= threshold; see {@link stageIoU}.
 * It shows which stages a segmenter finds, and how exactly.
 *
 * @param predicted - Transitions of every clip, `[clips][transitions]`.
 * @param actual - True transitions, shaped likewise.
 * @param length - Length of all clips, or one number per clip.
 * @param thresholds - Each in (0, 1]; default 0.5, 0.55, ... 0.95.
 * @returns `[thresholds][transitions + 1]` fractions in [0, 1].
 * @throws {@link MetricsError} as {@link meanStageIoU}, or if a threshold is out of range.
 */
export function stageIoUShares(
  predicted: ArrayLike<ArrayLike<number>>,
  actual: ArrayLike<ArrayLike<number>>,
  length: number | ArrayLike<number>,
  thresholds: ArrayLike<number> = usualThresholds,
): number[][] {
  assertThresholds('stageIoUShares', thresholds);
  const clips = stageIoUs('stageIoUShares', predicted, actual, length);
  return Array.from(thresholds, (threshold) =>
    clips[0]!.map(
      (_, stage) => clips.filter((ious) => ious[stage]! >= threshold - thresholdSlack).length / clips.length,
    ),
  );
}

/**
 * IoU of every stage of one clip: stage s runs from transition s - 1 (or 0) to transition s (or the clip's end).
 *
 * A stage without frames on both sides has IoU 1. A stage without frames on one side only has IoU 0.
 *
 * @param predicted - Transitions of one clip, `[transitions]`.
 * @param actual - True transitions, as many, in the same unit.
 * @param length - Length of the clip in the same unit (96 for sampled frames).
 * @returns `[transitions + 1]` numbers in [0, 1].
 * @throws {@link MetricsError} if the numbers of transitions differ or are 0, or `length` isn't above 0.
 */
export function stageIoU(predicted: ArrayLike<number>, actual: ArrayLike<number>, length: number): number[] {
  assertPaired('stageIoU', predicted, actual);
  if (!(length > 0)) {
    throw new MetricsError('ERR_MCORE_ARGUMENT', `stageIoU: length must be above 0, got ${length}.`);
  }
  const p = [0, ...Array.from(predicted), length];
  const q = [0, ...Array.from(actual), length];
  return p.slice(1).map((end, stage) => {
    const [start, trueStart, trueEnd] = [p[stage]!, q[stage]!, q[stage + 1]!];
    return end <= start && trueEnd <= trueStart ? 1 : overlap(start, end, trueStart, trueEnd);
  });
}

/**
 * Mean of {@link stageIoU} over clips, one number per stage. It shows which stages a segmenter finds poorly.
 *
 * @param predicted - Transitions of every clip, `[clips][transitions]`.
 * @param actual - True transitions, shaped likewise.
 * @param length - Length of all clips, or one number per clip.
 * @returns `[transitions + 1]` numbers in [0, 1].
 * @throws {@link MetricsError} if lengths differ or there are no clips; see {@link stageIoU} for each clip.
 */
export function meanStageIoU(
  predicted: ArrayLike<ArrayLike<number>>,
  actual: ArrayLike<ArrayLike<number>>,
  length: number | ArrayLike<number>,
): number[] {
  const clips = stageIoUs('meanStageIoU', predicted, actual, length);
  return clips[0]!.map((_, stage) => clips.reduce((sum, ious) => sum + ious[stage]!, 0) / clips.length);
}

/** The stages' IoU of every clip, all with the same number of stages. */
function stageIoUs(
  caller: string,
  predicted: ArrayLike<ArrayLike<number>>,
  actual: ArrayLike<ArrayLike<number>>,
  length: number | ArrayLike<number>,
): number[][] {
  assertPaired(caller, predicted, actual);
  if (typeof length !== 'number') assertPaired(caller, predicted, length, ['predicted', 'length']);
  const stages = predicted[0]!.length + 1;
  return Array.from({ length: predicted.length }, (_, clip) => {
    const ious = stageIoU(predicted[clip]!, actual[clip]!, typeof length === 'number' ? length : length[clip]!);
    if (ious.length !== stages) {
      throw new MetricsError(
        'ERR_MCORE_SHAPE',
        `${caller}: every clip must have ${stages - 1} transitions like the first, clip ${clip} has ${ious.length - 1}.`,
      );
    }
    return ious;
  });
}

function assertThresholds(caller: string, thresholds: ArrayLike<number>): void {
  if (thresholds.length === 0) {
    throw new MetricsError('ERR_MCORE_SHAPE', `${caller}: expected at least one threshold, got none.`);
  }
  for (let index = 0; index < thresholds.length; index++) {
    if (!(thresholds[index]! > 0 && thresholds[index]! <= 1)) {
      throw new MetricsError(
        'ERR_MCORE_ARGUMENT',
        `${caller}: thresholds must lie in (0, 1], got ${thresholds[index]}.`,
      );
    }
  }
}

function overlap(aStart: number, aEnd: number, bStart: number, bEnd: number): number {
  const shared = Math.min(aEnd, bEnd) - Math.max(aStart, bStart);
  // only intervals that both run forwards can overlap
  if (shared <= 0) return 0;
  return shared / (aEnd - aStart + (bEnd - bStart) - shared);
}
