import { because } from '@mcore/testing/skips';
import '@tensorflow/tfjs';
import { DataError, EngineError } from '@mcore/errors';
import { exportWeights, MCoRe, presetConfig } from '@mcore/model';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { OnnxModel } from './onnx-model.js';
import { loadOnnxRuntime } from './onnx-runtime.js';
import { testOnnx } from './onnx-self-test.js';

const missing = await loadOnnxRuntime().then(
  () => null,
  (error: Error) => error.message,
);

describe.skipIf(missing !== null)(`OnnxModel${because(missing)}`, () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('computes what the model does on tfjs, from frames to score (1e-5 of the largest value)', async () => {
    const before = tf.memory().numTensors;
    expect(await testOnnx()).toBeLessThan(1e-5);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('scores alone, and says so', async () => {
    const config = presetConfig('laptop');
    const model = new MCoRe(config, { seed: 1 });
    const info = { config, labelRange: { min: 0, max: 1 }, trainedOn: 'nothing', seed: 0, step: 0 };
    const onnx = await OnnxModel.create({ info, tensors: await exportWeights(model) }, 1);
    await expect(onnx.gradient()).rejects.toThrow(
      new DataError("OnnxModel: the engine 'onnx' scores and can't learn; expected another engine."),
    );
    const exemplar = { id: 'short', diveNumber: '101a', score: 1, difficulty: 1, stages: new Float32Array(4) };
    const shape = { stages: 3, steps: 5, channels: 2 };
    await expect(onnx.compare(new Float32Array(30), shape, [exemplar])).rejects.toThrow(
      new DataError('OnnxModel.compare: expected 30 stage features of every clip, got 4 of short.'),
    );
    await onnx.dispose();
    model.dispose();
  });
});

describe('loadOnnxRuntime', () => {
  it('says how to get a package that is not installed', async () => {
    const nobodyHas = 'onnxruntime-node-that-nobody-has';
    await expect(loadOnnxRuntime(() => import(nobodyHas))).rejects.toThrow(
      new EngineError(
        "startEngine: the engine 'onnx' needs the npm package onnxruntime-node, which is not installed: npm install --ignore-scripts onnxruntime-node.",
      ),
    );
  });
});
