import '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { stageContrastiveLoss } from '@mcore/contrastive-loss';
import { ArgumentError, ShapeError } from '@mcore/errors';
import { readSafetensors, type SafeTensor, toFloat32 } from '@mcore/safetensors';
import { segmentationLoss } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type FeatureBatch, FeatureModel, featureLosses, featureModelConfig, TemporalAdapter } from './index.js';

// computed by goldens/feature-model.py with PyTorch
const { tensors, metadata } = readSafetensors(
  new Uint8Array(readFileSync(new URL('__fixtures__/golden.safetensors', import.meta.url))),
);
const values = (name: string) => toFloat32(tensors.get(name) as SafeTensor);
const tensor = (name: string) => tf.tensor(values(name), [...tensors.get(name)!.shape]);
const config = featureModelConfig(JSON.parse(metadata.config!));
const named = (prefix: string) => [...tensors.keys()].filter((name) => name.startsWith(prefix));

function goldenModel(): FeatureModel {
  const model = new FeatureModel(config, { seed: 1 });
  const weights = new Map(named('weights.').map((name) => [name.slice('weights.'.length), tensor(name)]));
  model.load(weights);
  tf.dispose([...weights.values()]);
  return model;
}

/** Pairs of the golden; the clips are cut after 2 of 6 encoded steps. */
function batchOf(name: 'query' | 'exemplar'): FeatureBatch {
  const targets = tf.tidy(() => tensor(`${name}Targets`).arraySync() as number[][]);
  return { features: tensor(name) as tf.Tensor3D, transitions: targets.map(() => [2]), targets };
}

/** |values - golden| / |golden|. */
function relativeError(found: ArrayLike<number>, golden: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let index = 0; index < golden.length; index++) {
    difference += (found[index]! - golden[index]!) ** 2;
    size += golden[index]! ** 2;
  }
  return Math.sqrt(difference / size);
}

beforeAll(() => tf.setBackend('cpu'));

describe('FeatureModel, against PyTorch', () => {
  it('encodes and scores within 1e-5', async () => {
    const model = goldenModel();
    const [query, exemplar] = [batchOf('query'), batchOf('exemplar')];
    const encoded = model.encode(query.features);
    expect(encoded.shape).toEqual([3, model.encodedSteps, 6]);
    expect(relativeError(await encoded.data(), values('encoded'))).toBeLessThan(1e-5);
    const scores = tf.tidy(() =>
      model.relativeScores(
        model.stageFeatures(encoded, query.transitions),
        model.stageFeatures(model.encode(exemplar.features), exemplar.transitions),
      ),
    );
    expect(relativeError(await scores.data(), values('relative'))).toBeLessThan(1e-5);
    model.dispose();
  });

  it('has its loss and the gradients of all weights within 1e-5', async () => {
    const model = goldenModel();
    const [query, exemplar] = [batchOf('query'), batchOf('exemplar')];
    const weights = model.weights();
    const { value, grads } = tf.variableGrads(() => featureLosses(model, query, exemplar).total);
    expect(Math.abs((await value.data())[0]! / values('loss')[0]! - 1)).toBeLessThan(1e-5);
    const golden = named('gradients.');
    expect(golden).toHaveLength([...weights.values()].filter(({ trainable }) => trainable).length);
    for (const name of golden) {
      const gradient = grads[weights.get(name.slice('gradients.'.length))!.name]!;
      expect(relativeError(await gradient.data(), values(name)), name).toBeLessThan(1e-5);
    }
    model.dispose();
  });

  it('leaks no tensors', () => {
    const before = tf.memory().numTensors;
    const model = goldenModel();
    const [query, exemplar] = [batchOf('query'), batchOf('exemplar')];
    const { value, grads } = tf.variableGrads(() => featureLosses(model, query, exemplar).total);
    model.setNormalization(new Float32Array(5), new Float32Array(5));
    tf.dispose([value, ...Object.values(grads), query.features, exemplar.features]);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('FeatureModel', () => {
  it('scores a clip against itself, query and exemplar alike, as the sum of both directions of no difference', async () => {
    const model = goldenModel();
    const query = batchOf('query');
    const { regression } = featureLosses(model, query, query);
    const own = tf.tidy(() => {
      const stages = model.stageFeatures(model.encode(query.features), query.transitions);
      return tf.mul(tf.mean(tf.square(model.relativeScores(stages, stages))), 2);
    });
    expect((await regression.data())[0]).toBeCloseTo((await own.data())[0]!, 6);
    model.dispose();
  });

  it('adds the losses of segmenter and contrast to that of the regression', async () => {
    const contrastive = { form: 'paper' as const, temperature: 0.3, weight: 0.7 };
    const model = new FeatureModel(
      {
        ...config,
        segmenter: { hiddenSize: 3, dropout: 0 },
        loss: { segmentation: 'paper', contrastive },
      },
      { seed: 2 },
    );
    const [query, exemplar] = [batchOf('query'), batchOf('exemplar')];
    const losses = featureLosses(model, query, exemplar);
    const [total, regression, segmentation, contrast] = await Promise.all(
      [losses.total, losses.regression, losses.segmentation, losses.contrastive].map(
        async (each) => (await each.data())[0]!,
      ),
    );
    const encoded = model.encode(tf.concat([query.features, exemplar.features], 0));
    const transitions = [...query.transitions, ...exemplar.transitions];
    const logits = model.transitionLogits(encoded)!;
    const [q, e] = tf.split(model.stageFeatures(encoded, transitions), 2, 0) as [tf.Tensor4D, tf.Tensor4D];
    const expected = await segmentationLoss(logits, transitions, { form: 'paper' }).data();
    expect(segmentation).toBeCloseTo(expected[0]!, 5);
    const pull = await stageContrastiveLoss(q, e, { ...contrastive, weight: 1 }).data();
    expect(contrast).toBeCloseTo(0.7 * pull[0]!, 5);
    expect(total).toBeCloseTo(regression! + segmentation! + contrast!, 5);
    model.dispose();
  });

  it('normalises by mean and deviation, and leaves channels that never change as they are', async () => {
    const model = new FeatureModel(
      featureModelConfig({
        channels: 2,
        width: 2,
        layers: [{ kernel: 1, stride: 1 }],
        recurrent: false,
        steps: 3,
        regressor: { blocks: 1, heads: 1, mlpRatio: 1, hidden: [] },
      }),
      { seed: 0 },
    );
    const identity = tf.tensor3d([1, 0, 0, 1], [2, 2, 1]);
    model.adapter.load({ 'layers.0.weight': identity, 'layers.0.bias': tf.zeros([2]) });
    model.setNormalization(Float32Array.of(10, 5), Float32Array.of(2, 0));
    const encoded = model.encode(tf.tensor3d([12, 5, 8, 6, 10, 5], [1, 3, 2]));
    expect([...(await encoded.data())]).toEqual([1, 0, -1, 1, 0, 0]);
    model.dispose();
  });

  it('maps transitions to encoded steps', () => {
    const model = goldenModel();
    expect(model.encodedSteps).toBe(6);
    expect(model.encodedTransitions([50], 100)).toEqual([3]);
    expect(model.encodedTransitions([100], 100)).toEqual([5]);
    model.dispose();
  });

  it('has weights that are saved and loaded, the same for the same seed', async () => {
    const [a, b] = [new FeatureModel(config, { seed: 7 }), new FeatureModel(config, { seed: 7 })];
    const other = new FeatureModel(config, { seed: 8 });
    for (const [name, variable] of a.weights()) {
      expect([...(await b.weights().get(name)!.data())]).toEqual([...(await variable.data())]);
    }
    other.load(a.weights());
    const query = batchOf('query');
    expect([...(await other.encode(query.features).data())]).toEqual([...(await a.encode(query.features).data())]);
    expect(() => other.load({})).toThrow(/^FeatureModel\.load: .* missing \(normalization\.mean/);
    for (const model of [a, b, other]) model.dispose();
  });

  it('says what it expected', () => {
    const model = goldenModel();
    const query = batchOf('query');
    expect(() => model.encode(tf.zeros([1, 13, 4]))).toThrow(
      new ShapeError('FeatureModel.encode: expected features [batch, at least 2, 5], got [1, 13, 4].'),
    );
    expect(() => featureLosses(model, query, { ...query, targets: [] })).toThrow(
      new ArgumentError(
        'featureLosses: expected as many exemplars as queries, each with its targets, got 3 queries with 3 and 3 exemplars with 0.',
      ),
    );
    model.dispose();
    expect(() => featureModelConfig({ channels: 3, steps: 8 })).toThrow(
      new ArgumentError('FeatureModel: 8 steps leave 2 after the strides, expected at least as many as 3 stages.'),
    );
    expect(() => featureModelConfig({ channels: 3, scoreScales: [0] })).toThrow(
      new ArgumentError('FeatureModel: scoreScales must be 1 positive numbers, one a target, got [0].'),
    );
    expect(
      () =>
        new TemporalAdapter(
          { channels: 3, width: 4, layers: [{ kernel: 5, stride: 2 }], recurrent: false },
          { seed: 0 },
        ),
    ).toThrow(
      new ArgumentError(
        'TemporalAdapter: kernel must be a multiple of stride and differ from it by an even number, got kernel 5, stride 2.',
      ),
    );
  });
});
