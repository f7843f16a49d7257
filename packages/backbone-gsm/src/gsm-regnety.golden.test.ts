import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GsmRegNetY, REGNETY_200MF, REGNETY_SMALL } from './index.js';
import { ENGINES, useEngine } from './testing/engines.js';
import { goldenModel } from './testing/golden-model.js';
import { apart, goldenFrames, hashedTensor, readFixture, summary, summaryApart } from './testing/golden-values.js';

/** Checks features, and all gradients of `sum(features * cotangent)`, against a fixture's tensors under `prefix`. */
function expectGolden(model: GsmRegNetY, file: string, prefix: string, tolerance: number, training = false): void {
  const { tensors: golden, metadata } = readFixture(file);
  const features = golden.get(`${prefix}features`)!;
  tf.tidy(() => {
    const trainable = [...model.weights()].filter(([, weight]) => weight.trainable);
    const names = ['x', ...trainable.map(([name]) => name)];
    const inputs = [goldenFrames(metadata[`${prefix}frames`]!), ...trainable.map(([, weight]) => weight)];
    const apply = (x: tf.Tensor): tf.Tensor => model.apply(x as tf.Tensor5D, { training });
    const { value, grads } = tf.valueAndGrads(apply)(inputs, hashedTensor('cotangent', features.shape));
    expect(apart(value.dataSync(), features.data), 'features').toBeLessThan(tolerance);
    for (const [index, name] of names.entries()) {
      const wanted = golden.get(`${prefix}gradient.${name}`)!.data;
      expect(summaryApart(summary(name, grads[index]!), wanted), `gradient of ${name}`).toBeLessThan(tolerance);
      const whole = golden.get(`${prefix}whole.${name}`);
      if (whole) {
        expect(apart(grads[index]!.dataSync(), whole.data), `gradient of ${name}`).toBeLessThan(tolerance);
      }
    }
  });
}

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
  it.skipIf(engine === 'cpu')('has the gradients of RegNetY-200MF too, to 1e-4', () => {
    const model = goldenModel(REGNETY_200MF);
    expectGolden(model, 'regnety-200mf.safetensors', '', 1e-4);
    model.dispose();
  });

  it('has the features and gradients of the small network with and without gate shifts, to 1e-4', () => {
    for (const [gateShift, prefix] of [
      [true, 'running.'],
      [false, 'plain.'],
    ] as const) {
      const model = goldenModel({ ...REGNETY_SMALL, gateShift });
      expectGolden(model, 'regnety-small.safetensors', prefix, 1e-4);
      model.dispose();
    }
  });

  it('has them in training with batch statistics too, to 1e-4, and moves running statistics as PyTorch does, to 1e-4', () => {
    const { tensors: golden } = readFixture('regnety-small.safetensors');
    const model = goldenModel({ ...REGNETY_SMALL, batchNorm: 'batch' });
    expectGolden(model, 'regnety-small.safetensors', 'batch.', 1e-4, true);
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
