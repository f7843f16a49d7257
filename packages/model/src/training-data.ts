import { type Clip, ClipSet, type ClipSource, labelsFingerprint } from '@mcore/clips';

/** Which clips made weights what they are: kept in a checkpoint, so that no one tests on them by mistake. */
export interface TrainingData {
  /** The data set: `rendered`, `finediving`, `mtl-aqa`, `manifest` or `other`. */
  kind: string;
  /** In words. */
  description: string;
  /** Of the labels of all clips, see `labelsFingerprint`. */
  fingerprint: string;
  /** Where frames were drawn: with which seeds, at what height in pixels, by which version of the renderer. */
  rendering?: { seeds: (number | string)[]; height: number; version: number };
  /** How test and validation clips were chosen, and the seed of that. */
  split: { kind: string; seed: number | string };
  /** Packed `ClipSet`s: clips that were trained on, that chose the best weights, and that intervals were calibrated on. */
  clips: { trained: string; selecting: string; calibrating: string };
  /** The data of the weights that training began from, and of those before them. */
  before?: TrainingData[];
}

/** What {@link describeTrainingData} is made of. */
export interface TrainingDataParts {
  source: Pick<ClipSource, 'clips' | 'description' | 'kind' | 'rendering'>;
  /** Seeds of further renderings of the training clips. */
  furtherSeeds?: readonly (number | string)[];
  split: TrainingData['split'];
  trained: readonly Clip[];
  selecting: readonly Clip[];
  calibrating: readonly Clip[];
  /** Of the weights that training begins from. */
  before?: TrainingData | undefined;
}

/** {@link TrainingData} of a training run. */
export function describeTrainingData(parts: TrainingDataParts): TrainingData {
  const { source, furtherSeeds = [], split, trained, selecting, calibrating, before } = parts;
  const { rendering } = source;
  return {
    kind: source.kind ?? 'other',
    description: source.description,
    fingerprint: labelsFingerprint(source.clips),
    ...(rendering && {
      rendering: {
        seeds: [rendering.seed, ...furtherSeeds],
        height: rendering.height,
        version: rendering.version,
      },
    }),
    split,
    clips: {
      trained: ClipSet.of(trained).pack(),
      selecting: ClipSet.of(selecting).pack(),
      calibrating: ClipSet.of(calibrating).pack(),
    },
    ...(before && { before: [withoutBefore(before), ...(before.before ?? [])] }),
  };
}

/** How many of some clips weights have seen, and for what. */
export interface SeenClips {
  trained: number;
  /** Chose the best weights, or calibrated intervals. */
  chose: number;
}

/**
 * Counts clips that trained or chose weights, or those that they began from. FineDiving and its rendered dives have the same clips, so
 * either counts as seen where the other was.
 *
 * @param source - The data set of the clips.
 */
export function seenClips(data: TrainingData, source: Pick<ClipSource, 'kind'>, clips: readonly Clip[]): SeenClips {
  const seen = [data, ...(data.before ?? [])].filter(({ kind }) => familyOf(kind) === familyOf(source.kind ?? 'other'));
  const trained = seen.map((each) => ClipSet.unpack(each.clips.trained));
  const chose = seen.flatMap(({ clips: sets }) => [ClipSet.unpack(sets.selecting), ClipSet.unpack(sets.calibrating)]);
  const isTrained = (clip: Clip) => trained.some((set) => set.has(clip));
  return {
    trained: clips.filter(isTrained).length,
    chose: clips.filter((clip) => !isTrained(clip) && chose.some((set) => set.has(clip))).length,
  };
}

/** Whether two kinds of data have the same clips. */
export function haveSameClips(kind: string, other: string): boolean {
  return familyOf(kind) === familyOf(other);
}

function familyOf(kind: string): string {
  return kind === 'rendered' ? 'finediving' : kind;
}

function withoutBefore({ before: _, ...data }: TrainingData): TrainingData {
  return data;
}
