import type { FeatureClip } from '@mcore/clips';
import { kFold } from '@mcore/metrics';
import type { InnerFold } from './views/view-regression.js';

/**
 * Folds within the training clips, on which everything that is not trained by gradients is chosen. Groups stay together, as they do in the
 * protocol outside: a setting that is best on known people may not be best on a new one.
 *
 * @param train - Training clips.
 * @param options - `folds` at most; `group`: name of the group that stays together, the clips' first unless given, `null` for no group; `seed`.
 */
export function innerFolds(
  train: readonly FeatureClip[],
  { folds, group, seed }: { folds: number; group: string | null | undefined; seed: number },
): InnerFold[] {
  const name = group === undefined ? Object.keys(train[0]!.groups)[0] : group;
  const groups = typeof name === 'string' ? train.map((clip) => clip.groups[name] ?? '') : undefined;
  const groupCount = new Set(groups).size;
  if (groups && groupCount >= 3) return kFold(train.length, { folds: Math.min(folds, groupCount), groups, seed });
  const strata = train.map(({ diveNumber, passed }) => `${diveNumber} ${passed}`);
  return kFold(train.length, { folds: Math.min(folds, train.length), strata, seed });
}
