import type { FeatureClip, FeatureSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import {
  type FeatureLosses,
  FeatureModel,
  type FeatureModelConfig,
  featureLosses,
  featureModelConfig,
} from '@mcore/feature-model';
import { Random } from '@mcore/random';
import { PairSampler } from '@mcore/training';
import * as tf from '@tensorflow/tfjs-core';
import { adamSteps, gradientOf, type TrainingKeeper } from './adam-steps.js';
import { type ChannelMixing, FeatureInput } from './feature-input.js';
import { FeatureScorer } from './feature-scorer.js';
import { assertFeatureTraining, defaultFeatureTraining, type FeatureTrainingSettings } from './settings.js';
import { deviationOf } from './views/deviation.js';

/** One line of the training log. */
export interface FeatureStepRecord {
  /** Steps done, this one included. */
  readonly step: number;
  readonly total: number;
  readonly regression: number;
  readonly segmentation: number;
  readonly contrastive: number;
  /** Norm of the gradient before clipping. */
  readonly gradientNorm: number;
}

/** What {@link fitFeatures} works with. */
export interface FitFeaturesOptions {
  readonly source: FeatureSource;
  /** Clips to learn from; they are the exemplars afterwards. */
  readonly train: readonly FeatureClip[];
  /** What isn't given is that of `defaultFeatureTraining`. */
  readonly settings?: Partial<FeatureTrainingSettings>;
  /** Of weights, pairs and augmentation. */
  readonly seed: number | string;
  /** Ends the training between two steps. */
  readonly signal?: AbortSignal;
  /** Called after each step. */
  readonly onStep?: (record: FeatureStepRecord) => void;
  /** Keeps how far the training is, so that one that was cut off resumes bit-exact. */
  readonly keep?: TrainingKeeper;
  /** Whether the mean of a clip is taken from each of its channels; false unless given. */
  readonly centre?: boolean;
  /** A linear map of the normalised channels, as `fitBlend` makes it; none unless given. */
  readonly mixing?: ChannelMixing | null;
}

/**
 * Trains MCoRe's heads on features: pairs of training clips of one class, Adam on the loss of `featureLosses`, features normalised per
 * channel on the training clips alone. On one engine the same options give the same weights.
 *
 * @param options - See {@link FitFeaturesOptions}.
 * @returns What scores clips against the training clips; the caller disposes it.
 * @throws {@link ArgumentError} if a setting is out of range, there are fewer than two training clips, or the loss stops being finite; the
 *   signal's reason if it is aborted.
 */
export async function fitFeatures(options: FitFeaturesOptions): Promise<FeatureScorer> {
  const { source, train, seed, signal, onStep, keep, centre = false, mixing = null } = options;
  const settings = { ...defaultFeatureTraining, ...options.settings };
  assertFeatureTraining(settings);
  if (train.length < 2) {
    throw new ArgumentError(`fitFeatures: expected at least two training clips, got ${train.length}.`);
  }
  const config = configOf(source, train, settings, mixing?.width ?? source.channels);
  const raw = await FeatureInput.read(source, train, config.steps);
  const statistics = (centre ? raw.centred() : raw).statistics(train);
  const transform = { ...statistics, clipDeviations: settings.clipDeviations, centre, mixing };
  const input = await raw.transformed(transform);
  const model = new FeatureModel(config, { seed });
  try {
    await runSteps(model, input, { train, settings, seed, signal, onStep, keep });
    const exemplars = [...new Set(train.map(({ diveNumber }) => diveNumber))].flatMap((number) =>
      Random.for(seed, 'exemplars', number).sample(
        train.filter(({ diveNumber }) => diveNumber === number),
        settings.exemplars,
      ),
    );
    return await FeatureScorer.create(model, { source, exemplars, transform });
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** A configuration for this data: targets of the source, scales and stages of the training clips. */
function configOf(
  source: FeatureSource,
  train: readonly FeatureClip[],
  { model }: FeatureTrainingSettings,
  channels: number,
): FeatureModelConfig {
  // transitions that nobody labelled say nothing: whole clips are compared then
  const isLabelled = source.transitionsFrom !== 'equal parts';
  const stages = model.stages ?? (isLabelled ? train[0]!.transitions.length + 1 : 1);
  const finds = isLabelled && stages > 1 && stages === train[0]!.transitions.length + 1;
  return featureModelConfig({
    ...defaultFeatureTraining.model,
    segmenter: finds ? { hiddenSize: model.width ?? 48, dropout: 0.3 } : null,
    ...(stages === 1 && { stepsPerStage: 12 }),
    ...model,
    stages,
    channels,
    targets: source.targets,
    scoreScales: source.targets.map((target) => deviationOf(train.map(({ targets }) => targets[target]!))),
  });
}

async function runSteps(
  model: FeatureModel,
  input: FeatureInput,
  {
    train,
    settings,
    seed,
    signal,
    onStep,
    keep,
  }: { settings: FeatureTrainingSettings } & Pick<FitFeaturesOptions, 'train' | 'seed'> & {
      signal: AbortSignal | undefined;
      onStep: FitFeaturesOptions['onStep'];
      keep: FitFeaturesOptions['keep'];
    },
): Promise<void> {
  const byId = new Map(train.map((clip) => [clip.id, clip]));
  const sampler = new PairSampler(
    train.map((clip) => ({ ...clip, split: 'train' })),
    `${seed} pairs`,
  );
  await adamSteps({
    caller: 'fitFeatures',
    weights: model.weights(),
    settings,
    signal,
    onStep,
    keep,
    gradientAt: (step, layout) => {
      const pairs = sampler.batch(step, settings.batchSize);
      const clips = [...pairs.map(({ query }) => query), ...pairs.map(({ exemplar }) => exemplar)].map(
        ({ id }) => byId.get(id)!,
      );
      const features = input.augmentedBatch(clips, settings.augmentation, Random.for(seed, 'augmentation', step));
      return gradientOf(layout, () => lossesOf(model, clips, features, `${seed} ${step}`));
    },
  });
}

/** Losses of queries, the first half of the clips, and their exemplars. */
function lossesOf(
  model: FeatureModel,
  clips: readonly FeatureClip[],
  features: Float32Array,
  dropoutSeed: string,
): FeatureLosses {
  const { steps, channels, targets } = model.config;
  const half = clips.length / 2;
  const labelsOf = (part: readonly FeatureClip[]) => ({
    transitions: part.map(({ transitions, frameCount }) => model.encodedTransitions(transitions, frameCount)),
    targets: part.map((clip) => targets.map((target) => clip.targets[target]!)),
  });
  const all = tf.tensor3d(features, [clips.length, steps, channels]);
  const [query, exemplar] = tf.split(all, 2, 0) as [tf.Tensor3D, tf.Tensor3D];
  return featureLosses(
    model,
    { features: query, ...labelsOf(clips.slice(0, half)) },
    { features: exemplar, ...labelsOf(clips.slice(half)) },
    dropoutSeed,
  );
}
