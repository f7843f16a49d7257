import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { REGNETY_200MF, REGNETY_SMALL } from './index.js';
import { ENGINES, useEngine } from './testing/engines.js';
import { expectGolden } from './testing/expect-golden.js';
import { goldenModel } from './testing/golden-model.js';
import { apart, goldenFrames, readFixture } from './testing/golden-values.js';

describe.each(ENGINES)('GsmRegNetY on %s', (engine) => {
  beforeAll(() => useEngine(engine));

  it('has the features of timm with a gate-shift module, RegNetY-200MF, to 1e-4', () => {
    const { tensors, metadata } = readFixture('regnety-200mf.safetensors');
    const model = goldenModel(REGNETY_200MF);
    const frozen = model.inferenceModel();
    tf.tidy(() => {
      const x = goldenFrames(metadata.frames!);
      for (const features of [model.apply(x), frozen.apply(x)]) {
        expect(apart(features.dataSync(), tensors.get('features')!.data)).toBeLessThan(1e-4);
      }
    });
    frozen.dispose();
    model.dispose();
  });

  // the engine in plain JavaScript is too slow for it, and differentiates the small network below
  it.skipIf(engine === 'cpu')('has the gradients of RegNetY-200MF too, to 1e-4', async () => {
    const model = goldenModel(REGNETY_200MF);
    await expectGolden(model, 'regnety-200mf.safetensors', '', 1e-4);
    model.dispose();
  });

  it('has the features and gradients of the small network with and without gate shifts, to 1e-4', async () => {
    for (const [gateShift, prefix] of [
      [true, 'running.'],
      [false, 'plain.'],
    ] as const) {
      const model = goldenModel({ ...REGNETY_SMALL, gateShift });
      await expectGolden(model, 'regnety-small.safetensors', prefix, 1e-4);
      model.dispose();
    }
  });

  it('has them in training with batch statistics too, to 1e-4, and moves running statistics as PyTorch does, to 1e-4', async () => {
    const { tensors: golden } = readFixture('regnety-small.safetensors');
    const model = goldenModel({ ...REGNETY_SMALL, batchNorm: 'batch' });
    await expectGolden(model, 'regnety-small.safetensors', 'batch.', 1e-4, true);
    for (const [name, weight] of model.weights()) {
      if (!weight.trainable) {
        expect(apart(weight.dataSync(), golden.get(`batch.after.${name}`)!.data), name).toBeLessThan(1e-4);
      }
    }
    model.dispose();
  });

  it('measures running statistics as PyTorch does with momentum=None, to 1e-4', async () => {
    const { tensors: golden } = readFixture('regnety-small.safetensors');
    const model = goldenModel(REGNETY_SMALL);
    const batches = [goldenFrames('frames'), goldenFrames('other frames')];
    await model.measureStatistics(batches);
    for (const [name, weight] of model.weights()) {
      if (!weight.trainable) {
        expect(apart(weight.dataSync(), golden.get(`measured.${name}`)!.data), name).toBeLessThan(1e-4);
      }
    }
    const features = model.apply(batches[0]!);
    expect(apart(features.dataSync(), golden.get('measured.features')!.data)).toBeLessThan(1e-4);
    tf.dispose([batches, features]);
    model.dispose();
  });
});
