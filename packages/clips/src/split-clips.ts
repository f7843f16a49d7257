import { Random } from '@mcore/random';
import { type ClipSplit, carveValidation, heldOutEvents, officialSplit } from './splits.js';
import type { Clip } from './types.js';

/** Which clips are test clips: the data set's own split, or events that are not in training at all. */
export type SplitKind = 'official' | 'held-out-events';

/** How many clips to take at most; all of a part where left out. */
export interface SplitLimits {
  train?: number;
  validation?: number;
  test?: number;
}

/**
 * Validation clips in two: those that choose the best weights, and those that intervals are calibrated on, which must not have
 * chosen them, or the intervals would be too narrow. Every other clip of a seeded shuffle of each dive number goes to either.
 */
export function validationHalves(
  clips: readonly Clip[],
  seed: number,
): { selecting: readonly Clip[]; calibrating: readonly Clip[] } {
  const position = new Map<string, number>();
  for (const clip of Random.for(seed, 'calibration').shuffle(clips).sort(byDiveNumber)) {
    position.set(clip.id, position.size);
  }
  const half = (parity: number) => clips.filter(({ id }) => position.get(id)! % 2 === parity);
  return { selecting: half(0), calibrating: half(1) };
}

/** Stable, so clips of a number stay shuffled. */
function byDiveNumber(a: Clip, b: Clip): number {
  return a.diveNumber < b.diveNumber ? -1 : a.diveNumber > b.diveNumber ? 1 : 0;
}

/**
 * The clips of a run. Validation is carved from training; one half of it chooses checkpoints, the other calibrates intervals. Test clips are
 * only ever looked at by an evaluation. A limit takes a seeded random part.
 */
export function splitClips(
  clips: readonly Clip[],
  options: { kind?: SplitKind; limits?: SplitLimits; seed: number },
): ClipSplit {
  const { kind = 'official', limits = {}, seed } = options;
  const whole = kind === 'official' ? officialSplit(clips) : heldOutEvents(clips, { seed });
  const split = carveValidation(whole, { seed });
  const part = (name: keyof SplitLimits) => {
    const limit = limits[name];
    return limit === undefined ? split[name] : Random.for(seed, 'limit', name).sample(split[name], limit);
  };
  return { ...split, train: part('train'), validation: part('validation'), test: part('test') };
}
