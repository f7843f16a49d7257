import { Random } from '@mcore/random';
import { type ClipSplit, carveValidation, heldOutEvents, officialSplit } from './splits.js';
import type { Clip } from './types.js';

/** How test clips are chosen: the data set's own split, or events that are not in training. */
export type SplitKind = 'official' | 'held-out-events';

/** Maximum number of clips of each part; all if omitted. */
export interface SplitLimits {
  train?: number;
  validation?: number;
  test?: number;
}

/**
 * Divides validation clips in two. One half chooses the best weights; the other calibrates intervals. The same clips must not do both, or
 * the intervals would be too narrow. The clips of each dive number are shuffled with the seed and alternate between the halves.
 */
export function validationHalves(
  clips: readonly Clip[],
  seed: number | string,
): { selecting: readonly Clip[]; calibrating: readonly Clip[] } {
  const position = new Map<string, number>();
  for (const clip of Random.for(seed, 'calibration').shuffle(clips).sort(byDiveNumber)) {
    position.set(clip.id, position.size);
  }
  const half = (parity: number) => clips.filter(({ id }) => position.get(id)! % 2 === parity);
  return { selecting: half(0), calibrating: half(1) };
}

/** Stable, so clips of one number stay shuffled. */
function byDiveNumber(a: Clip, b: Clip): number {
  return a.diveNumber < b.diveNumber ? -1 : a.diveNumber > b.diveNumber ? 1 : 0;
}

/**
 * The clips of a run. Validation is carved from training; one half of it chooses checkpoints, the other calibrates intervals. Only
 * evaluations read test clips. A limit takes a seeded random part.
 */
export function splitClips(
  clips: readonly Clip[],
  options: { kind?: SplitKind; limits?: SplitLimits; seed: number | string },
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
