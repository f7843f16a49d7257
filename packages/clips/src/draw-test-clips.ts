import { carveValidation, heldOutEvents, officialSplit } from './splits.js';
import type { Clip } from './types.js';

/** Fraction of clips drawn for testing, as in FineDiving's split. */
const FRACTION = 0.25;

/**
 * Draws test clips for a data set without a split: a quarter of every class. With groups it draws whole groups that hold about a quarter of
 * the clips, so that no person is in both training and test.
 *
 * @param clips - All clips; their `split` is ignored.
 * @param options - `seed` of the draw; `groupOf`: clips with the same value stay together. Without it clips are drawn one by one.
 * @returns The clips in the same order with a new `split`, and a note that describes the draw.
 */
export function drawTestClips<C extends Clip>(
  clips: readonly C[],
  options: { readonly seed: number | string; readonly groupOf?: (clip: C) => string },
): { clips: C[]; note: string } {
  const { seed, groupOf } = options;
  const groups = groupOf && new Map(clips.map((clip) => [clip.id, groupOf(clip)]));
  const usesGroups = groups !== undefined && new Set(groups.values()).size > 1;
  const test = new Set((usesGroups ? byGroup(clips, groups, seed) : byClass(clips, seed)).map(({ id }) => id));
  const held = usesGroups ? `whole groups, ${test.size} clips,` : `${test.size} clips, a quarter of every class,`;
  return {
    clips: clips.map((clip) => ({ ...clip, split: test.has(clip.id) ? 'test' : 'train' })),
    note: `no split: ${held} are for testing (seed ${seed})`,
  };
}

function byClass(clips: readonly Clip[], seed: number | string): readonly Clip[] {
  const all = clips.map((clip) => ({ ...clip, split: 'train' as const }));
  return carveValidation(officialSplit(all), { share: FRACTION, seed: `manifest ${seed}` }).validation;
}

function byGroup(clips: readonly Clip[], groups: ReadonlyMap<string, string>, seed: number | string): readonly Clip[] {
  const grouped = clips.map((clip) => ({ ...clip, competition: groups.get(clip.id)! }));
  return heldOutEvents(grouped, { share: FRACTION, seed: `manifest ${seed}`, eventOf: (group) => group }).test;
}
