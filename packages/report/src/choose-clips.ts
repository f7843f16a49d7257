import { intervalIoU, stageIoU } from '@mcore/metrics';
import type { ClipPrediction } from './report-data.js';

/**
 * The clips a report shows more of: those with the smallest and the largest error.
 *
 * @param predictions - All clips.
 * @param count - How many of each, at least 0.
 * @param by - `score`: by the distance of the predicted from the true score; `stages`: by {@link segmentationIoU}, clips without
 *   true transitions left out.
 * @returns `best`, best first, and `worst`, worst first; a clip is in one of them only, ties keep the order given.
 */
export function chooseClips<P extends ClipPrediction>(
  predictions: readonly P[],
  count: number,
  by: 'score' | 'stages',
): { best: P[]; worst: P[] } {
  const error = by === 'score' ? scoreError : (clip: ClipPrediction) => -segmentationIoU(clip);
  const sorted = predictions.filter((clip) => !Number.isNaN(error(clip))).sort((a, b) => error(a) - error(b));
  const best = sorted.slice(0, Math.min(count, Math.ceil(sorted.length / 2)));
  return { best, worst: sorted.slice(best.length).reverse().slice(0, count) };
}

/** Distance of the predicted from the true score, points. */
export function scoreError({ predicted, score }: ClipPrediction): number {
  return Math.abs(predicted - score);
}

/**
 * How well the stages of a clip were found: IoU of the predicted and the true interval from the first to the last transition, which is
 * what AIoU counts. A clip of two stages has no such interval: the mean IoU of its two stages. NaN without true transitions.
 */
export function segmentationIoU({ transitions, predictedTransitions, frameCount }: ClipPrediction): number {
  if (transitions.length === 0) return Number.NaN;
  if (transitions.length > 1) return intervalIoU(outer(predictedTransitions), outer(transitions));
  const [before, after] = stageIoU(predictedTransitions, transitions, frameCount);
  return (before! + after!) / 2;
}

function outer(transitions: readonly number[]): [number, number] {
  return [transitions[0]!, transitions.at(-1)!];
}
