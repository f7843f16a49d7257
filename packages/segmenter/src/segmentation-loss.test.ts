import { ArgumentError, ShapeError } from '@mcore/errors';
import { describeOnEngines } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { finiteDifferences } from '@mcore/testing/finite-differences';
import { readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type SegmentationLossOptions, segmentationLoss } from './index.js';

// computed by goldens/segmenter.py with F.cross_entropy and F.binary_cross_entropy_with_logits in float64
const golden = readFixture('segmenter', 'losses');
const losses = JSON.parse(golden.metadata.losses!) as Record<'released' | 'paper', number>;
const transitions = [0, 1, 2, 3].map((clip) =>
  Array.from(golden.values('transitions').subarray(2 * clip, 2 * clip + 2)),
);

const lossOf = async (logits: tf.Tensor, frames: number[][], options: SegmentationLossOptions) =>
  (await segmentationLoss(logits as tf.Tensor3D, frames, options).data())[0]!;

describeOnEngines('segmentationLoss', ['cpu', 'wasm', 'wasm after registerOps', 'webgpu'], (engine) => {
  it.each(['released', 'paper'] as const)('%s equals PyTorch: loss within 1e-6, gradient within 1e-5', async (form) => {
    const logits = golden.tensor('logits');
    expect(Math.abs((await lossOf(logits, transitions, { form })) / losses[form] - 1)).toBeLessThan(1e-6);
    const gradient = tf.grad((x: tf.Tensor) => segmentationLoss(x as tf.Tensor3D, transitions, { form }))(logits);
    expect(relativeError(await gradient.data(), golden.values(`gradient.${form}`))).toBeLessThan(1e-5);
  });

  it('equals its closed forms for equal logits (1e-5)', async () => {
    const zeros = tf.zeros([2, 96, 2]);
    const frames = [
      [10, 20],
      [30, 40],
    ];
    expect(await lossOf(zeros, frames, { form: 'released' })).toBeCloseTo(1.5 * Math.log(96), 5);
    expect(await lossOf(zeros, frames, { form: 'released', weights: [1, 0] })).toBeCloseTo(0.5 * Math.log(96), 5);
    expect(await lossOf(zeros, frames, { form: 'paper' })).toBeCloseTo(2 * Math.log(2), 5);
    expect(await lossOf(zeros, frames, { form: 'paper', weights: [3, 0] })).toBeCloseTo(3 * Math.log(2), 5);
    expect(await lossOf(tf.zeros([1, 5, 3]), [[0, 1, 2]], { form: 'released' })).toBeCloseTo((4 / 3) * Math.log(5), 5);
  });

  it('is about 0 if the true frames stand out, and finite for huge logits', async () => {
    const rows = Array.from({ length: 12 }, (_, frame) => [3, 7].map((peak) => (frame === peak ? 1e4 : -1e4)));
    const logits = tf.tensor3d([rows]);
    for (const form of ['released', 'paper'] as const) {
      expect(await lossOf(logits, [[3, 7]], { form })).toBeCloseTo(0, 6);
      expect(await lossOf(logits, [[7, 3]], { form })).toBeGreaterThan(1e3);
      expect(await lossOf(logits, [[7, 3]], { form })).toBeLessThan(1e5);
    }
  });

  if (engine !== 'webgpu')
    it.each(['released', 'paper'] as const)(
      'gradient of %s equals finite differences within 1 percent',
      async (form) => {
        const shape: [number, number, number] = [1, 6, 3];
        const values = await tf.randomNormal(shape, 0, 1, 'float32', 5).data<'float32'>();
        const gradient = await tf
          .grad((x: tf.Tensor) => segmentationLoss(x as tf.Tensor3D, [[1, 1, 4]], { form }))(tf.tensor(values, shape))
          .data();
        const loss = (moved: Float32Array) => lossOf(tf.tensor(moved, shape), [[1, 1, 4]], { form });
        expect(relativeError(await finiteDifferences(values, loss, 0.05), gradient)).toBeLessThan(0.01);
      },
    );

  it('keeps no tensor but its result, also with gradients', () => {
    const logits = tf.zeros([1, 8, 2]);
    const before = tf.memory().numTensors;
    for (const form of ['released', 'paper'] as const) {
      segmentationLoss(logits as tf.Tensor3D, [[1, 2]], { form }).dispose();
      tf.grad((x: tf.Tensor) => segmentationLoss(x as tf.Tensor3D, [[1, 2]], { form }))(logits).dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('segmentationLoss', () => {
  const call = (frames: number[][], options: object) => () =>
    segmentationLoss(tf.zeros([2, 96, 2]) as tf.Tensor3D, frames, options as SegmentationLossOptions);

  it('reports what it expected', () => {
    expect(call([[1, 2]], { form: 'paper' })).toThrow(
      new ShapeError('segmentationLoss: transitions must be 2 for each of 2 clips, got [2].'),
    );
    expect(call([[1, 2], [3]], { form: 'paper' })).toThrow(
      new ShapeError('segmentationLoss: transitions must be 2 for each of 2 clips, got [2, 1].'),
    );
    const far = [
      [1, 2],
      [3, 96],
    ];
    expect(call(far, { form: 'paper' })).toThrow(
      new ArgumentError('segmentationLoss: transitions must be whole numbers in 0 .. 95, got 96 for clip 1.'),
    );
    const frames = [
      [1, 2],
      [3, 4],
    ];
    expect(call(frames, { form: 'mine' })).toThrow(
      new ArgumentError(`segmentationLoss: form must be 'released' or 'paper', got "mine".`),
    );
    expect(call(frames, { form: 'paper', weights: [1, -1] })).toThrow(
      new ArgumentError('segmentationLoss: weights must be 2 numbers of at least 0, got [1, -1].'),
    );
    expect(() => segmentationLoss(tf.zeros([96, 2]) as unknown as tf.Tensor3D, frames, { form: 'paper' })).toThrow(
      new ShapeError('segmentationLoss: logits must be [batch, time, transitions] and not empty, got [96, 2].'),
    );
  });
});
