import '@tensorflow/tfjs';
import { ArgumentError } from '@mcore/errors';
import { spearman } from '@mcore/metrics';
import { madeUpSource } from '@mcore/testing/feature-clips';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type FitFeaturesOptions, fitFeatures } from './index.js';

const small = {
  steps: 40,
  batchSize: 8,
  learningRate: 1e-2,
  augmentation: { warp: 0.1, offset: 0.1, channelDropout: 0 },
  model: {
    steps: 16,
    width: 8,
    layers: [{ kernel: 2, stride: 2 }],
    regressor: { blocks: 1, heads: 2, mlpRatio: 1, hidden: [8] },
    stepsPerStage: 4,
  },
};
const source = madeUpSource();
const train = source.clips.filter(({ split }) => split === 'train');
const test = source.clips.filter(({ split }) => split === 'test');
const fit = (options: Partial<FitFeaturesOptions> = {}) =>
  fitFeatures({ source, train, seed: 1, ...options, settings: { ...small, ...options.settings } });

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('fitFeatures', () => {
  it('learns what swings: SRCC above 0.8 on clips it never saw, for each target and their sum', async () => {
    const totals: number[] = [];
    const scorer = await fit({ onStep: ({ total }) => totals.push(total) });
    const predictions = await scorer.predict(test);
    for (const target of source.targets) {
      const predicted = predictions.map(({ targets }) => targets[target]!);
      expect(
        spearman(
          predicted,
          test.map(({ targets }) => targets[target]!),
        ),
      ).toBeGreaterThan(0.8);
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(totals).toHaveLength(40);
    expect(mean(totals.slice(-8))).toBeLessThan(0.5 * mean(totals.slice(0, 8)));
    scorer.dispose();
  });

  it('gives the same weights and predictions for the same seed, others for another', async () => {
    const outcome = async (seed: number) => {
      const scorer = await fit({ seed, settings: { steps: 3 } });
      const predictions = await scorer.predict(test.slice(0, 3));
      scorer.dispose();
      return predictions;
    };
    const first = await outcome(1);
    expect(await outcome(1)).toEqual(first);
    expect(await outcome(2)).not.toEqual(first);
  });

  it('never lets a clip vote on itself, and looks at no label of a test clip', async () => {
    const scorer = await fit({ settings: { steps: 1 } });
    const own = train[0]!;
    const [prediction] = await scorer.predict([own]);
    const [again] = await scorer.predict([
      { ...own, score: 999, targets: { first: 999, second: 999 }, passed: !own.passed },
    ]);
    expect(again).toEqual(prediction);
    scorer.dispose();
  });

  it('finds transitions where they are labelled', async () => {
    const labelled = { ...madeUpSource(), transitionsFrom: 'labels' as const };
    const scorer = await fit({ source: labelled, settings: { steps: 2 } });
    expect(scorer.model.config).toMatchObject({ stages: 2, segmenter: { hiddenSize: 8 } });
    for (const { transitions, id } of await scorer.predict(test)) {
      const { frameCount } = test.find((clip) => clip.id === id)!;
      expect(transitions).toHaveLength(1);
      expect(transitions[0]).toBeGreaterThanOrEqual(0);
      expect(transitions[0]).toBeLessThanOrEqual(frameCount);
    }
    scorer.dispose();
  });

  it('stops when asked to, and leaks no tensors', async () => {
    const before = tf.memory().numTensors;
    const scorer = await fit({ settings: { steps: 2, weightDecay: 0.1 } });
    await scorer.predict(test);
    scorer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const controller = new AbortController();
    const stopped = fit({
      signal: controller.signal,
      onStep: ({ step }) => step === 2 && controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says what it expected', async () => {
    await expect(fit({ train: train.slice(0, 1) })).rejects.toThrow(
      new ArgumentError('fitFeatures: expected at least two training clips, got 1.'),
    );
    await expect(fit({ settings: { learningRate: 0 } })).rejects.toThrow(
      new ArgumentError('fitFeatures: learningRate must be a positive number, got 0.'),
    );
    await expect(fit({ settings: { steps: 1.5 } })).rejects.toThrow(
      new ArgumentError('fitFeatures: steps must be a positive whole number, got 1.5.'),
    );
  });
});
