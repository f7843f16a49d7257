import { executionOf } from './execution.js';
import type { RenderableClip } from './visible-events.js';

/** Mean execution of a dive number in training; of all clips where the number is not there. */
export function usualExecution(train: readonly RenderableClip[]): (clip: RenderableClip) => number {
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
