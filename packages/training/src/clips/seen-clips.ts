import { type Clip, type ClipSource, type SplitKind, splitClips } from '@mcore/clips';
import { McoreError } from '@mcore/errors';
import { type CheckpointInfo, haveSameClips, seenClips, type TrainingData } from '@mcore/model';

/** How clips are divided; what is left out is taken from the weights. */
export interface SplitOptions {
  /** Which clips are test clips. */
  split?: SplitKind | undefined;
  /** Of the draw of validation clips, and of held-out events. */
  splitSeed?: number | string | undefined;
}

/** The split to use with weights: that of their training where the clips are the same, unless told otherwise. */
export function splitOfWeights(
  info: CheckpointInfo | undefined,
  source: Pick<ClipSource, 'kind'>,
  { split, splitSeed }: SplitOptions,
  otherwise: number | string,
): TrainingData['split'] & { kind: SplitKind } {
  const own = info?.data && haveSameClips(info.data.kind, source.kind ?? 'other') ? info.data.split : undefined;
  const kind = split ?? (own ? knownKind(own.kind) : 'official');
  return { kind, seed: splitSeed ?? own?.seed ?? otherwise };
}

function knownKind(kind: string): SplitKind {
  if (kind === 'official' || kind === 'held-out-events') return kind;
  throw new McoreError('ERR_MCORE_DATA', `expected weights of the split official or held-out-events, got ${kind}.`);
}

/**
 * Refuses to test on clips that made the weights.
 *
 * @param caller - For the message.
 * @param part - Validation clips may have chosen the weights, test clips may not.
 * @throws McoreError `ERR_MCORE_SEEN_CLIPS` that says how many clips and which split has none of them.
 */
export function assertUnseen(
  caller: string,
  info: CheckpointInfo,
  source: Pick<ClipSource, 'kind' | 'clips'>,
  clips: readonly Clip[],
  part: 'test' | 'validation',
): void {
  if (!info.data) return;
  const { trained, chose } = seenClips(info.data, source, clips);
  const counted = [
    ...(trained > 0 ? [`${trained} of ${clips.length} ${part} clips were trained on`] : []),
    ...(chose > 0 && part === 'test' ? [`${chose} of ${clips.length} chose or calibrated the weights`] : []),
  ];
  if (counted.length === 0) return;
  const { kind, seed } = info.data.split;
  throw new McoreError(
    'ERR_MCORE_SEEN_CLIPS',
    `${caller}: expected clips that had no part in making the weights, got others: ${counted.join(' and ')}. The weights were made with the split ${kind} of seed ${seed}; leave the split out to use it, or allow seen clips (allowSeenClips, --allow-seen-clips).`,
  );
}

/** What should be known of weights that say nothing of their clips; undefined for those that do. */
export function noteOfUnknownData({ data, trainedOn }: CheckpointInfo): string | undefined {
  if (data) return undefined;
  return `These weights (trained on ${trainedOn}) don't name their training clips, so it can't be checked that none of them is tested`;
}

/** {@link splitClips} as a program asks for it: kind and seed together. */
export function splitAs(
  clips: readonly Clip[],
  { kind, seed }: { kind: SplitKind; seed: number | string },
  limits: { train?: number | undefined; validation?: number | undefined; test?: number | undefined } = {},
): ReturnType<typeof splitClips> {
  const given = Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
  return splitClips(clips, { kind, seed, limits: given });
}
