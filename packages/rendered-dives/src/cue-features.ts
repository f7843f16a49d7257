import { type Cue, deductionsOf, executionOf } from './execution.js';
import type { RenderableClip } from './visible-events.js';

/**
 * What an estimate of a clip's execution can rest on: 1, the usual execution of its dive number in training, and its cues.
 *
 * @param seen - Cues, in the order of the features.
 */
export function cueFeatures(
  train: readonly RenderableClip[],
  seed: number | string,
  seen: readonly Cue[],
): (clip: RenderableClip) => number[] {
  const usual = usualExecution(train);
  return (clip) => {
    const deductions = deductionsOf(clip, seed);
    return [1, usual(clip), ...seen.map((cue) => deductions[cue])];
  };
}

/** Mean execution of a dive number in training; of all clips where the number is not there. */
function usualExecution(train: readonly RenderableClip[]): (clip: RenderableClip) => number {
  const sums = new Map<string, [sum: number, count: number]>();
  for (const clip of train) {
    for (const key of ['', clip.diveNumber]) {
      const [sum, count] = sums.get(key) ?? [0, 0];
      sums.set(key, [sum + executionOf(clip), count + 1]);
    }
  }
  return (clip) => {
    const [sum, count] = sums.get(clip.diveNumber) ?? sums.get('') ?? [0, 1];
    return sum / count;
  };
}
