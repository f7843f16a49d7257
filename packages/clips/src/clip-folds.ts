import { ArgumentError } from '@mcore/errors';
import { Random } from '@mcore/random';
import type { Clip } from './types.js';

/** One fold of cross-validation: all clips, those that are held out in the test part. */
export interface ClipFold {
  /** Number of the fold, from 1. */
  readonly number: number;
  readonly clips: readonly Clip[];
}

/**
 * Folds for clips that are too few for one split: every clip is a test clip once. The clips of every class are shuffled with the seed and
 * dealt out in turn, so that each class is spread over the folds.
 *
 * @param clips - All clips; their `split` is ignored.
 * @param folds - Number of folds, or `'leave-one-out'`.
 * @throws {@link ArgumentError} if there are fewer than 2 folds, or fewer clips than folds.
 */
export function clipFolds(clips: readonly Clip[], folds: number | 'leave-one-out', seed: number | string): ClipFold[] {
  const count = folds === 'leave-one-out' ? clips.length : folds;
  if (!Number.isSafeInteger(count) || count < 2) {
    throw new ArgumentError(`clipFolds: folds must be a whole number of at least 2, got ${count}.`);
  }
  if (count > clips.length) {
    throw new ArgumentError(`clipFolds: expected at least ${count} clips for ${count} folds, got ${clips.length}.`);
  }
  const byClass = [...clips].sort((a, b) => compare(a.diveNumber, b.diveNumber) || compare(a.id, b.id));
  const dealt = Random.for(seed, 'folds')
    .shuffle(byClass)
    // stable, so that the clips of one class stay shuffled
    .sort((a, b) => compare(a.diveNumber, b.diveNumber));
  const foldOf = new Map(dealt.map(({ id }, position) => [id, position % count]));
  return Array.from({ length: count }, (_, fold) => ({
    number: fold + 1,
    clips: clips.map((clip) => ({
      ...clip,
      split: foldOf.get(clip.id) === fold ? ('test' as const) : ('train' as const),
    })),
  }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
