import { type Clip, type ClipSource, stagesOf } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import type { Checkpoint, CheckpointInfo, MCoReConfig } from '@mcore/model';
import { assertUnseen, noteOfUnknownData, type SplitOptions, splitAs, splitOfWeights } from '../clips/seen-clips.js';

/** Which clips of a source to evaluate. */
export interface ClipChoice extends SplitOptions {
  part: 'test' | 'validation';
  limit?: number | undefined;
  allowSeenClips?: boolean | undefined;
}

/**
 * The clips to evaluate weights on, and those they were trained on, where exemplars and baselines come from.
 *
 * @param caller - For messages.
 * @throws McoreError `ERR_MCORE_SEEN_CLIPS` if a clip trained or chose the weights; DataError if there are fewer than two clips, or they
 *   have other stages than the weights.
 */
export function chooseClips(
  caller: string,
  { info }: Pick<Checkpoint, 'info'>,
  source: ClipSource,
  choice: ClipChoice,
): { clips: readonly Clip[]; train: readonly Clip[]; note?: string } {
  assertStages(caller, source, info.config);
  const { part, limit } = choice;
  const splits = splitAs(source.clips, splitOfWeights(info, source, choice, info.seed), { [part]: limit });
  const clips = splits[part];
  if (clips.length < 2) {
    throw new DataError(`${caller}: expected at least 2 ${part} clips in ${source.description}, got ${clips.length}.`);
  }
  if (!choice.allowSeenClips) assertUnseen(caller, info, source, clips, part);
  const note = noteOfUnknownData(info);
  return { clips, train: splits.train, ...(note !== undefined && { note }) };
}

/**
 * Refuses to put together what weights of different splits were tested on.
 *
 * @param caller - For the message.
 * @param infos - Of all weights.
 * @throws ArgumentError if their test or validation clips are not the same.
 */
export function assertSameClips(
  caller: string,
  infos: readonly Pick<CheckpointInfo, 'data' | 'seed'>[],
  { part, split, splitSeed }: Pick<ClipChoice, 'part' | 'split' | 'splitSeed'>,
): void {
  const draws = infos.map(({ data, seed }) => {
    const kind = split ?? data?.split.kind ?? 'official';
    const drawn = kind === 'held-out-events' || part === 'validation';
    return drawn ? `${kind} of seed ${splitSeed ?? data?.split.seed ?? seed}` : kind;
  });
  const different = [...new Set(draws)];
  if (different.length < 2) return;
  throw new ArgumentError(
    `${caller}: expected weights that are tested on the same clips, got the splits ${different.slice(0, 5).join(', ')}. Evaluate them one by one, or train them with one --split-seed.`,
  );
}

/**
 * Refuses clips that have other stages than a model.
 *
 * @throws DataError that says how many each has.
 */
export function assertStages(caller: string, source: ClipSource, { stages }: Pick<MCoReConfig, 'stages'>): void {
  const got = stagesOf(source);
  if (got === stages) return;
  throw new DataError(
    `${caller}: expected clips of ${stages} stages, which the weights were trained on, got ${got} stages in ${source.description}.`,
  );
}
