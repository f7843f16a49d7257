import { intervalIoU } from '@mcore/metrics';
import type { ClipPrediction } from './report-data.js';

/**
 * The clips a report shows more of: those with the smallest and the largest error.
 *
 * @param predictions - All clips.
 * @param count - How many of each, at least 0.
 * @param by - `score`: by the distance of the predicted from the true score; `stages`: by {@link transitionIoU}.
 * @returns `best`, best first, and `worst`, worst first; a clip is in one of them only, ties keep the order given.
 */
export function chooseClips<P extends ClipPrediction>(
  predictions: readonly P[],
  count: number,
  by: 'score' | 'stages',
): { best: P[]; worst: P[] } {
  const error = by === 'score' ? scoreError : (clip: ClipPrediction) => -transitionIoU(clip);
  const sorted = predictions.toSorted((a, b) => error(a) - error(b));
  const best = sorted.slice(0, Math.min(count, Math.ceil(sorted.length / 2)));
  return { best, worst: sorted.slice(best.length).reverse().slice(0, count) };
}

/** Distance of the predicted from the true score, points. */
export function scoreError({ predicted, score }: ClipPrediction): number {
  return Math.abs(predicted - score);
}

/** IoU of the predicted and the true interval from the first to the last transition: what AIoU counts. */
export function transitionIoU({ transitions, predictedTransitions }: ClipPrediction): number {
  return intervalIoU(outer(predictedTransitions), outer(transitions));
}

function outer(transitions: readonly number[]): [number, number] {
  return [transitions[0] ?? 0, transitions.at(-1) ?? 0];
}
