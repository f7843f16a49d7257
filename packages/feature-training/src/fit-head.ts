import {
  createHead,
  groupBorders,
  type Head,
  type HeadConfig,
  headConfig,
  type MethodName,
  pairDifferences,
} from '@mcore/aqa-heads';
import type { FeatureClip, FeatureSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { PairSampler } from '@mcore/training';
import * as tf from '@tensorflow/tfjs-core';
import { adamSteps, gradientOf } from './adam-steps.js';
import { FeatureInput } from './feature-input.js';
import type { FitFeaturesOptions } from './fit-features.js';
import { HeadLabels } from './head-labels.js';
import { HeadScorer } from './head-scorer.js';
import { assertFeatureTraining, defaultFeatureTraining } from './settings.js';
import { deviationOf } from './views/deviation.js';

/** What {@link fitHead} works with: as for `fitFeatures`; of the settings' model only `steps` is used. */
export interface FitHeadOptions extends Omit<FitFeaturesOptions, 'centre' | 'mixing'> {
  readonly method: MethodName;
  /** Fields of the head's configuration that differ from what the method and the training clips give. */
  readonly changes?: Partial<HeadConfig>;
}

/**
 * Trains a compared method on features, with the steps, batches, augmentation and exemplars of `fitFeatures`. Ranges, groups and scales are
 * those of the training clips. Steps of RICA2 are those of the dive number, or one a class where classes are no dive numbers.
 *
 * @param options - See {@link FitHeadOptions}.
 * @returns What scores clips, against the training clips where the method compares; the caller disposes it.
 * @throws {@link ArgumentError} if the data has several targets, or as `fitFeatures`.
 */
export async function fitHead(options: FitHeadOptions): Promise<HeadScorer> {
  const { source, train, seed, signal, onStep, method, keep, changes = {} } = options;
  const settings = { ...defaultFeatureTraining, ...options.settings };
  assertFeatureTraining(settings);
  if (train.length < 2) throw new ArgumentError(`fitHead: expected at least two training clips, got ${train.length}.`);
  if (source.targets.length !== 1) {
    throw new ArgumentError(`fitHead: expected data with one target, got ${source.targets.join(', ')}.`);
  }
  const steps = settings.model.steps ?? defaultFeatureTraining.model.steps!;
  const labels = HeadLabels.of(source, train, steps, method);
  const raw = await FeatureInput.read(source, train, steps);
  const transform = { ...raw.statistics(train), clipDeviations: settings.clipDeviations, centre: false, mixing: null };
  const input = await raw.transformed(transform);
  const head = createHead(configOf(method, source, train, labels, changes), { seed });
  try {
    const byId = new Map(train.map((clip) => [clip.id, clip]));
    const sampler = new PairSampler(
      train.map((clip) => ({ ...clip, split: 'train' })),
      `${seed} pairs`,
    );
    await adamSteps({
      caller: 'fitHead',
      weights: head.weights(),
      settings,
      signal,
      keep,
      onStep: onStep && ((record) => onStep({ regression: 0, segmentation: 0, contrastive: 0, ...record })),
      gradientAt: (step, layout) => {
        const pairs = sampler.batch(step, settings.batchSize);
        const clips = [...pairs.map(({ query }) => query), ...pairs.map(({ exemplar }) => exemplar)].map(
          ({ id }) => byId.get(id)!,
        );
        const features = input.augmentedBatch(clips, settings.augmentation, Random.for(seed, 'augmentation', step));
        const random = Random.for(seed, 'dropout', step);
        return gradientOf(layout, () => lossesOf(head, labels, clips, features, steps, random));
      },
    });
    const exemplars = [...new Set(train.map(({ diveNumber }) => diveNumber))].flatMap((number) =>
      Random.for(seed, 'exemplars', number).sample(
        train.filter(({ diveNumber }) => diveNumber === number),
        settings.exemplars,
      ),
    );
    return await HeadScorer.create(head, {
      source,
      exemplars: head.needs.exemplars ? exemplars : [],
      labels,
      transform,
    });
  } catch (error) {
    head.dispose();
    throw error;
  }
}

/** The method's defaults with ranges, groups and scales of the training clips. */
function configOf(
  method: MethodName,
  source: FeatureSource,
  train: readonly FeatureClip[],
  labels: HeadLabels,
  changes: Partial<HeadConfig>,
): HeadConfig {
  const known = train.map((clip) => ({ ...labels.of(clip), key: clip.diveNumber }));
  const scores = known.map(({ score }) => score);
  const [low, high] = widened(Math.min(...scores), Math.max(...scores));
  const ofData = (): object => {
    switch (method) {
      case 'usdl':
        return { range: [low, high] };
      case 'musdl': {
        const qualities = known.map(({ score, difficulty }) => score / difficulty!);
        const [least, most] = widened(Math.min(...qualities), Math.max(...qualities));
        return { range: [least / 3, most / 3] };
      }
      case 'core':
      case 'tpt': {
        const differences = pairDifferences(known.map(({ score, key }) => ({ value: score, key })));
        const range = high - low;
        const form = 'released';
        return { target: 'score', range, borders: groupBorders(differences, { leaves: 16, range, form }) };
      }
      case 'tsa':
      case 'hp-mcore':
        return { scoreScale: deviationOf(scores), stages: Math.max(2, train[0]!.transitions.length + 1) };
      case 'rica2':
        return labels.parts.classes === null
          ? {}
          : { slots: labels.parts.classes.length, groups: [labels.parts.classes.map((_, slot) => slot)] };
    }
  };
  return headConfig(method, source.channels, { ...ofData(), ...changes });
}

function widened(low: number, high: number): [number, number] {
  return high > low ? [low, high] : [low, low + 1];
}

function lossesOf(
  head: Head,
  labels: HeadLabels,
  clips: readonly FeatureClip[],
  features: Float32Array,
  steps: number,
  random: Random,
) {
  const channels = features.length / clips.length / steps;
  const all = tf.tensor3d(features, [clips.length, steps, channels]);
  const ofClips = clips.map((clip) => labels.of(clip));
  const half = clips.length / 2;
  // without exemplars a batch has twice the clips, so that all methods see as many
  if (!head.needs.exemplars) return head.loss({ query: { features: all, labels: ofClips } }, { random });
  const [query, exemplar] = tf.split(all, 2, 0) as [tf.Tensor3D, tf.Tensor3D];
  return head.loss(
    {
      query: { features: query, labels: ofClips.slice(0, half) },
      exemplar: { features: exemplar, labels: ofClips.slice(half) },
    },
    { random },
  );
}
