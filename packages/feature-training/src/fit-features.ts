import type { FeatureClip, FeatureSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { FeatureModel, type FeatureModelConfig, featureLosses, featureModelConfig } from '@mcore/feature-model';
import { Random } from '@mcore/random';
import { Adam, learningRateFactor, PairSampler, ParameterLayout } from '@mcore/training';
import * as tf from '@tensorflow/tfjs-core';
import { FeatureInput } from './feature-input.js';
import { FeatureScorer } from './feature-scorer.js';
import { assertFeatureTraining, defaultFeatureTraining, type FeatureTrainingSettings } from './settings.js';

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
  const { source, train, seed, signal, onStep } = options;
  const settings = { ...defaultFeatureTraining, ...options.settings };
  assertFeatureTraining(settings);
  if (train.length < 2) {
    throw new ArgumentError(`fitFeatures: expected at least two training clips, got ${train.length}.`);
  }
  const config = configOf(source, train, settings);
  const raw = await FeatureInput.read(source, train, config.steps);
  const statistics = raw.statistics(train);
  const input = raw.normalised(statistics, settings.clipDeviations);
  const model = new FeatureModel(config, { seed });
  try {
    await runSteps(model, input, { train, settings, seed, signal, onStep });
    const exemplars = [...new Set(train.map(({ diveNumber }) => diveNumber))].flatMap((number) =>
      Random.for(seed, 'exemplars', number).sample(
        train.filter(({ diveNumber }) => diveNumber === number),
        settings.exemplars,
      ),
    );
    return await FeatureScorer.create(model, {
      source,
      exemplars,
      statistics,
      clipDeviations: settings.clipDeviations,
    });
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** A configuration for this data: channels and targets of the source, scales and stages of the training clips. */
function configOf(
  source: FeatureSource,
  train: readonly FeatureClip[],
  { model }: FeatureTrainingSettings,
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
    channels: source.channels,
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
  }: { settings: FeatureTrainingSettings } & Pick<FitFeaturesOptions, 'train' | 'seed'> & {
      signal: AbortSignal | undefined;
      onStep: FitFeaturesOptions['onStep'];
    },
): Promise<void> {
  const { steps, batchSize, learningRate, weightDecay, warmupSteps, gradientNorm, augmentation } = settings;
  const byId = new Map(train.map((clip) => [clip.id, clip]));
  const sampler = new PairSampler(
    train.map((clip) => ({ ...clip, split: 'train' })),
    `${seed} pairs`,
  );
  const layout = new ParameterLayout(model.weights(), assignValues);
  const parameters = await layout.read();
  const rates = layout.fill(() => learningRate);
  const adam = new Adam(layout.size);
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const pairs = sampler.batch(step, batchSize);
    const clips = [...pairs.map(({ query }) => query), ...pairs.map(({ exemplar }) => exemplar)].map(
      ({ id }) => byId.get(id)!,
    );
    const features = input.augmentedBatch(clips, augmentation, Random.for(seed, 'augmentation', step));
    const { losses, gradient } = await gradientOf(model, layout, clips, features, `${seed} ${step}`);
    const norm = normOf(gradient);
    if (!Number.isFinite(losses.total + norm)) {
      throw new ArgumentError(
        `fitFeatures: expected a finite loss in step ${step + 1}, got ${losses.total} with a gradient of norm ${norm}. Lower the learning rate.`,
      );
    }
    if (gradientNorm !== null && norm > gradientNorm) {
      for (let index = 0; index < gradient.length; index++) gradient[index]! *= gradientNorm / norm;
    }
    const factor = learningRateFactor({ schedule: 'cosine', warmupSteps }, step, steps);
    if (weightDecay > 0) {
      const kept = 1 - weightDecay * learningRate * factor;
      for (let index = 0; index < parameters.length; index++) parameters[index]! *= kept;
    }
    adam.update(parameters, gradient, rates, factor);
    layout.write(parameters);
    onStep?.({ step: step + 1, ...losses, gradientNorm: norm });
  }
}

type Losses = Omit<FeatureStepRecord, 'step' | 'gradientNorm'>;

async function gradientOf(
  model: FeatureModel,
  layout: ParameterLayout,
  clips: readonly FeatureClip[],
  features: Float32Array,
  dropoutSeed: string,
): Promise<{ losses: Losses; gradient: Float32Array }> {
  const { steps, channels, targets } = model.config;
  const half = clips.length / 2;
  const labelsOf = (part: readonly FeatureClip[]) => ({
    transitions: part.map(({ transitions, frameCount }) => model.encodedTransitions(transitions, frameCount)),
    targets: part.map((clip) => targets.map((target) => clip.targets[target]!)),
  });
  const parts: tf.Scalar[] = [];
  const { value, grads } = tf.tidy(() => {
    const all = tf.tensor3d(features, [clips.length, steps, channels]);
    const [query, exemplar] = tf.split(all, 2, 0) as [tf.Tensor3D, tf.Tensor3D];
    const computed = tf.variableGrads(() => {
      const { total, regression, segmentation, contrastive } = featureLosses(
        model,
        { features: query, ...labelsOf(clips.slice(0, half)) },
        { features: exemplar, ...labelsOf(clips.slice(half)) },
        dropoutSeed,
      );
      parts.push(...[regression, segmentation, contrastive].map((part) => tf.keep(part)));
      return total;
    }, [...layout.variables]);
    return { value: computed.value, grads: layout.variables.map(({ name }) => computed.grads[name]) };
  });
  try {
    const [total, regression, segmentation, contrastive] = await Promise.all(
      [value, ...parts].map(async (scalar) => (await scalar.data())[0]!),
    );
    return {
      losses: { total: total!, regression: regression!, segmentation: segmentation!, contrastive: contrastive! },
      gradient: await layout.gather(grads),
    };
  } finally {
    tf.dispose([value, ...parts, ...grads.filter((gradient) => gradient !== undefined)]);
  }
}

function assignValues(variable: tf.Variable, values: Float32Array): void {
  const tensor = tf.tensor(values, variable.shape);
  variable.assign(tensor);
  tensor.dispose();
}

function normOf(values: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]! ** 2;
  return Math.sqrt(sum);
}

/** 1 where all scores are alike. */
function deviationOf(scores: readonly number[]): number {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
  return deviation > 1e-9 ? deviation : 1;
}
