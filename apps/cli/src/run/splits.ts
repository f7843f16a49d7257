import { type Clip, type ClipSplit, carveValidation, heldOutEvents, officialSplit } from '@mcore/clips';
import { Random } from '@mcore/random';

/** Which clips are test clips: the data set's own split, or events that are not in training at all. */
export type SplitKind = 'official' | 'held-out-events';

/** How many clips to take at most; all of a part where left out. */
export interface SplitLimits {
  train?: number;
  validation?: number;
  test?: number;
}

/**
 * The clips of a run. Validation is carved from training; it chooses checkpoints and calibrates intervals. Test clips are
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
