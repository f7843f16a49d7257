import { goldenBackbone, goldenFrames, hashedTensor, summary, summaryApart } from '@mcore/testing/backbone-values';
import { useTestEngine } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GsmRegNetY, REGNETY_200MF, REGNETY_SMALL } from './index.js';

/** Checks features, and all gradients of `sum(features * cotangent)`, against a fixture's tensors under `prefix`. */
async function expectGolden(
  model: GsmRegNetY,
  file: string,
  prefix: string,
  tolerance: number,
  training = false,
): Promise<void> {
  const golden = readFixture('backbone-gsm', file);
  const { data: features, shape } = golden.tensors.get(`${prefix}features`)!;
  const trainable = [...model.weights()].filter(([, weight]) => weight.trainable);
  const x = goldenFrames(golden.metadata[`${prefix}frames`]!);
  const cotangent = hashedTensor('cotangent', shape);
  const apply = (frames: tf.Tensor): tf.Tensor => model.apply(frames as tf.Tensor5D, { training });
  const { value, grads } = tf.valueAndGrads(apply)([x, ...trainable.map(([, weight]) => weight)], cotangent);
  expect(relativeError(await value.data(), features as Float32Array), 'features').toBeLessThan(tolerance);
  for (const [index, name] of ['x', ...trainable.map(([key]) => key)].entries()) {
    const gradient = await grads[index]!.data();
    const expected = golden.values(`${prefix}gradient.${name}`);
    expect(summaryApart(summary(name, gradient), expected), `gradient of ${name}`).toBeLessThan(tolerance);
    const whole = `${prefix}whole.${name}`;
    if (golden.tensors.has(whole)) {
      expect(relativeError(gradient, golden.values(whole)), `gradient of ${name}`).toBeLessThan(tolerance);
    }
  }
  tf.dispose([x, cotangent, value, grads]);
}

describe.each(['cpu', 'wasm', 'wasm after registerOps'] as const)('GsmRegNetY on %s', (engine) => {
  beforeAll(() => useTestEngine(engine));

  it('has the features of timm with a gate-shift module, RegNetY-200MF, to 1e-4', () => {
    const { values: golden, metadata } = readFixture('backbone-gsm', 'regnety-200mf');
    const model = goldenBackbone(REGNETY_200MF);
    const frozen = model.inferenceModel();
    tf.tidy(() => {
      const x = goldenFrames(metadata.frames!);
      for (const features of [model.apply(x), frozen.apply(x)]) {
        expect(relativeError(features.dataSync(), golden('features'))).toBeLessThan(1e-4);
      }
    });
    frozen.dispose();
    model.dispose();
  });

  // the engine in plain JavaScript is too slow for it, and differentiates the small network below
  if (engine !== 'cpu')
    it('has the gradients of RegNetY-200MF too, to 1e-4', async () => {
      const model = goldenBackbone(REGNETY_200MF);
      await expectGolden(model, 'regnety-200mf', '', 1e-4);
      model.dispose();
    });

  it('has the features and gradients of the small network with and without gate shifts, to 1e-4', async () => {
    for (const [gateShift, prefix] of [
      [true, 'running.'],
      [false, 'plain.'],
    ] as const) {
      const model = goldenBackbone({ ...REGNETY_SMALL, gateShift });
      await expectGolden(model, 'regnety-small', prefix, 1e-4);
      model.dispose();
    }
  });

  it('has them in training with batch statistics too, to 1e-4, and moves running statistics as PyTorch does, to 1e-4', async () => {
    const { values: golden } = readFixture('backbone-gsm', 'regnety-small');
    const model = goldenBackbone({ ...REGNETY_SMALL, batchNorm: 'batch' });
    await expectGolden(model, 'regnety-small', 'batch.', 1e-4, true);
    for (const [name, weight] of model.weights()) {
      if (!weight.trainable) {
        expect(relativeError(weight.dataSync(), golden(`batch.after.${name}`)), name).toBeLessThan(1e-4);
      }
    }
    model.dispose();
  });

  it('measures running statistics as PyTorch does with momentum=None, to 1e-4', async () => {
    const { values: golden } = readFixture('backbone-gsm', 'regnety-small');
    const model = goldenBackbone(REGNETY_SMALL);
    const batches = [goldenFrames('frames'), goldenFrames('other frames')];
    await model.measureStatistics(batches);
    for (const [name, weight] of model.weights()) {
      if (!weight.trainable) {
        expect(relativeError(weight.dataSync(), golden(`measured.${name}`)), name).toBeLessThan(1e-4);
      }
    }
    const features = model.apply(batches[0]!);
    expect(relativeError(features.dataSync(), golden('measured.features'))).toBeLessThan(1e-4);
    tf.dispose([batches, features]);
    model.dispose();
  });
});
