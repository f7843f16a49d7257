import type { FeatureClip, FeatureSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { type Fold, kFold, leaveOneGroupOut, leaveOneOut } from '@mcore/metrics';
import type { FeaturePrediction } from './feature-scorer.js';
import type { FitFeaturesOptions } from './fit-features.js';
import { type FeatureMethod, fitMethod } from './fit-method.js';

/** How clips are divided into training and test: see {@link foldsOf}. */
export type FeatureProtocol = 'split' | 'losocv' | 'loto' | 'loocv' | 'kfold';

/** What {@link foldsOf} needs to know beside the protocol. */
export interface FoldOptions {
  /** Group whose values are held out; the first that the protocol knows unless given. */
  readonly group?: string;
  /** Of `kfold`; 5 unless given. */
  readonly folds?: number;
  /** Of `kfold`; 0 unless given. */
  readonly seed?: number;
}

/** Groups that protocols hold out, the first that a data set has. */
const groupsOf: Readonly<Partial<Record<FeatureProtocol, readonly string[]>>> = {
  losocv: ['subject', 'person', 'user', 'patient', 'group'],
  loto: ['trial', 'session', 'group'],
};

/**
 * The folds of a protocol.
 *
 * - `split`: one fold, the data's own split.
 * - `losocv`: leave one subject out: every person (`subject`, `person`, `user`, `patient` or `group`) is tested once.
 * - `loto`: leave one trial out: every `trial`, `session` or `group` is tested once.
 * - `loocv`: leave one clip out.
 * - `kfold`: k folds by seed; whole groups where `group` is given, else clips, spread by class and verdict.
 *
 * @param clips - All clips.
 * @param protocol - Name of the protocol.
 * @param options - See {@link FoldOptions}.
 * @throws {@link ArgumentError} if clips have no such group, or no fold can be made.
 */
export function foldsOf(clips: readonly FeatureClip[], protocol: FeatureProtocol, options: FoldOptions = {}): Fold[] {
  const { group, folds = 5, seed = 0 } = options;
  switch (protocol) {
    case 'split': {
      const parts = (split: string) => clips.flatMap((clip, index) => (clip.split === split ? [index] : []));
      return [{ name: 'test', train: parts('train'), test: parts('test') }];
    }
    case 'losocv':
    case 'loto':
      return leaveOneGroupOut(groupValues(clips, protocol, group));
    case 'loocv':
      return leaveOneOut(clips.length);
    case 'kfold':
      return group === undefined
        ? kFold(clips.length, { folds, seed, strata: clips.map(({ diveNumber, passed }) => `${diveNumber} ${passed}`) })
        : kFold(clips.length, { folds, seed, groups: groupValues(clips, protocol, group) });
  }
}

/**
 * The group that a protocol holds out, which inner folds of training should keep together too.
 *
 * @returns Its name; `null` where clips are held out by themselves; undefined where the protocol does not say.
 * @throws {@link ArgumentError} if clips have no such group.
 */
export function groupOf(
  clips: readonly FeatureClip[],
  protocol: FeatureProtocol,
  group?: string,
): string | null | undefined {
  if (protocol === 'loocv' || (protocol === 'kfold' && group === undefined)) return null;
  return protocol === 'split' ? group : groupName(clips, protocol, group);
}

/** A prediction of a clip by a model that never saw it. */
export interface FoldPrediction extends FeaturePrediction {
  /** Name of the fold that tested the clip. */
  readonly fold: string;
}

/** What {@link crossValidate} works with. */
export interface CrossValidateOptions
  extends Omit<FitFeaturesOptions, 'train' | 'source' | 'centre' | 'mixing' | 'keep'> {
  readonly source: FeatureSource;
  readonly folds: readonly Fold[];
  /** Predictions of folds that are done already, by name: what `onFold` got. */
  readonly done?: ReadonlyMap<string, readonly FoldPrediction[]>;
  /** What is trained; `mcore` unless given. */
  readonly method?: FeatureMethod;
  /** Group that inner folds keep together, for methods that have those: that of `folds`. The first that clips have unless given. */
  readonly group?: string | null;
  /** Models a fold, each with a seed of its own; a prediction is their mean. 1 unless given. */
  readonly models?: number;
  /** Called after each fold, so that its predictions can be kept. */
  readonly onFold?: (name: string, predictions: readonly FoldPrediction[]) => void | Promise<void>;
}

/**
 * Trains on the training part of every fold and predicts its test part. A fold depends on its name and the seed alone, so folds that are done
 * can be left out by {@link CrossValidateOptions.done}.
 *
 * @param options - See {@link CrossValidateOptions}.
 * @returns Predictions fold by fold.
 * @throws What `fitFeatures` throws.
 */
export async function crossValidate(options: CrossValidateOptions): Promise<FoldPrediction[]> {
  const { source, folds, done, models = 1, onFold, seed, method = 'mcore', ...fit } = options;
  if (!Number.isSafeInteger(models) || models < 1) {
    throw new ArgumentError(`crossValidate: models must be a positive whole number, got ${models}.`);
  }
  const all: FoldPrediction[] = [];
  for (const { name, train, test } of folds) {
    const present = done?.get(name);
    if (present) {
      all.push(...present);
      continue;
    }
    const runs: FeaturePrediction[][] = [];
    for (let index = 0; index < models; index++) {
      const part = {
        ...fit,
        source,
        train: train.map((at) => source.clips[at]!),
        seed: `${seed} ${name} ${index}`,
      };
      const scorer = await fitMethod({ ...part, method });
      try {
        runs.push(await scorer.predict(test.map((at) => source.clips[at]!)));
      } finally {
        scorer.dispose();
      }
    }
    const predictions = meanOfRuns(runs).map((prediction) => ({ ...prediction, fold: name }));
    all.push(...predictions);
    await onFold?.(name, predictions);
  }
  return all;
}

function groupValues(clips: readonly FeatureClip[], protocol: FeatureProtocol, group: string | undefined): string[] {
  const name = groupName(clips, protocol, group);
  return clips.map(({ groups }) => groups[name]!);
}

function groupName(clips: readonly FeatureClip[], protocol: FeatureProtocol, group: string | undefined): string {
  const known = Object.keys(clips[0]?.groups ?? {});
  const used = group ?? groupsOf[protocol]?.find((name) => known.includes(name));
  if (used === undefined || !known.includes(used)) {
    const expected = group ?? groupsOf[protocol]!.join(', ');
    const has = known.length > 0 ? `clips with ${known.join(', ')}` : 'clips without groups';
    throw new ArgumentError(`foldsOf: ${protocol} expects a group ${expected}, got ${has}. Name a column of groups.`);
  }
  return used;
}

function meanOfRuns(runs: readonly FeaturePrediction[][]): FeaturePrediction[] {
  const [first] = runs as [FeaturePrediction[]];
  const mean = (of: 'targets' | 'spread', index: number) =>
    Object.fromEntries(
      Object.keys(first[index]![of]).map((name) => [
        name,
        runs.reduce((sum, run) => sum + run[index]![of][name]!, 0) / runs.length,
      ]),
    );
  return first.map((prediction, index) => ({
    ...prediction,
    targets: mean('targets', index),
    spread: mean('spread', index),
  }));
}
