import { ArgumentError, ShapeError } from '@mcore/errors';
import { describeOnEngines } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { resampleStages, resampleStageValues } from './index.js';

// computed by the authors' PyTorch modules: 10 pairs of transitions of one clip, 32 channels
const authors = readFixture('segmenter', 'authors-resample');
const pairs = JSON.parse(authors.metadata.transitions!) as number[][];
// computed by goldens/segmenter.py with F.interpolate in float64
const others = readFixture('segmenter', 'resample');
const cases = JSON.parse(others.metadata.cases!) as { name: string; steps: number; transitions: number[] }[];

/** Frame t has the value t in two channels. */
const ramp = (time: number) =>
  tf.tidy(() => tf.tile(tf.reshape(tf.range(0, time), [1, time, 1]), [1, 1, 2])) as tf.Tensor3D;

/** The frames that the steps of one clip read: `[stages][steps]`. */
async function positions(time: number, transitions: number[], steps: number): Promise<number[][]> {
  const stages = await resampleStages(ramp(time), [transitions], steps).array();
  return stages[0]!.map((stage) => stage.map(([first]) => Math.round(first! * 1e4) / 1e4));
}

describeOnEngines('resampleStages', ['cpu', 'wasm', 'wasm after registerOps', 'webgpu'], () => {
  it("equals the authors' modules: 10 pairs at once, values and gradient within 1e-6 (relative L2)", async () => {
    const clip = authors.tensor('x'); // [96, 32]
    const cotangent = tf.reshape(authors.tensor('cot'), [10, 3, 5, 32]);
    const resampled = (x: tf.Tensor) =>
      resampleStages(tf.tile(tf.expandDims(x, 0), [10, 1, 1]) as tf.Tensor3D, pairs, 5);
    expect(relativeError(await resampled(clip).data(), authors.values('out'))).toBeLessThan(1e-6);
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(resampled(x), cotangent)))(clip);
    expect(relativeError(await gradient.data(), authors.values('gx'))).toBeLessThan(1e-6);
  });

  it.each(cases)('equals F.interpolate within 1e-6: transitions $transitions, $steps steps', async (golden) => {
    const value = (name: string) => others.values(`${golden.name}.${name}`);
    const x = others.tensor(`${golden.name}.x`);
    const resampled = (input: tf.Tensor) => resampleStages(input as tf.Tensor3D, [golden.transitions], golden.steps);
    expect(relativeError(await resampled(x).data(), value('y'))).toBeLessThan(1e-6);
    const cotangent = others.tensor(`${golden.name}.cotangent`);
    const gradient = tf.grad((input: tf.Tensor) => tf.sum(tf.mul(resampled(input), cotangent)))(x);
    expect(relativeError(await gradient.data(), value('gradient'))).toBeLessThan(1e-6);
  });

  it('keeps both ends of every stage', async () => {
    expect(await positions(96, [33, 34], 5)).toEqual([
      [0, 8, 16, 24, 32],
      [33, 33, 33, 33, 33],
      [34, 49.25, 64.5, 79.75, 95],
    ]);
    expect(await positions(4, [], 3)).toEqual([[0, 1.5, 3]]);
    expect(await positions(4, [2], 1)).toEqual([[0], [2]]);
  });

  it('gives empty stages the frame at their position, and sorts', async () => {
    expect(await positions(10, [0, 5], 2)).toEqual([
      [0, 0], // 0 becomes 1, as in the released code
      [1, 4],
      [5, 9],
    ]);
    expect(await positions(10, [5, 5], 2)).toEqual([
      [0, 4],
      [5, 5],
      [5, 9],
    ]);
    expect(await positions(10, [10, 10], 2)).toEqual([
      [0, 8],
      [9, 9],
      [9, 9],
    ]);
    expect(await positions(10, [7, 3], 2)).toEqual([
      [0, 2],
      [3, 6],
      [7, 9],
    ]);
    expect(await positions(1, [0, 1], 2)).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it('accepts typed arrays and keeps no tensor but its result, also with gradients', () => {
    const x = tf.zeros([2, 12, 3]) as tf.Tensor3D;
    const frames = [Int32Array.of(3, 6), Int32Array.of(1, 11)];
    const before = tf.memory().numTensors;
    const stages = resampleStages(x, frames, 5);
    expect([stages.shape, tf.memory().numTensors]).toEqual([[2, 3, 5, 3], before + 1]);
    stages.dispose();
    tf.grad((input: tf.Tensor) => resampleStages(input as tf.Tensor3D, frames, 5))(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('resampleStages', () => {
  it('reports what it expected', () => {
    const x = tf.zeros([2, 96, 4]) as tf.Tensor3D;
    expect(() => resampleStages(x, [[1, 2]], 5)).toThrow(
      new ShapeError('resampleStages: transitions must be 2 for each of 2 clips, got [2].'),
    );
    expect(() => resampleStages(x, [[1], [97]], 5)).toThrow(
      new ArgumentError('resampleStages: transitions must be whole numbers in 0 .. 96, got 97 for clip 1.'),
    );
    expect(() => resampleStages(x, [[1], [1.5]], 5)).toThrow(
      new ArgumentError('resampleStages: transitions must be whole numbers in 0 .. 96, got 1.5 for clip 1.'),
    );
    expect(() => resampleStages(x, [[1], [2]], 0)).toThrow(
      new ArgumentError('resampleStages: steps must be a positive whole number, got 0.'),
    );
    expect(() => resampleStages(tf.zeros([96, 4]) as unknown as tf.Tensor3D, [[1]], 5)).toThrow(
      new ShapeError('resampleStages: features must be [batch, time, channels] and not empty, got [96, 4].'),
    );
  });
});

describe('resampleStageValues', () => {
  it("equals the authors' modules and F.interpolate within 1e-6 (relative L2)", () => {
    const clip = new Float32Array(authors.values('x'));
    const own = pairs.flatMap((transitions) => [...resampleStageValues(clip, 32, transitions, 5)]);
    expect(relativeError(own, authors.values('out'))).toBeLessThan(1e-6);
    for (const { name, transitions, steps } of cases) {
      const x = others.tensor(`${name}.x`);
      const values = resampleStageValues(new Float32Array(others.values(`${name}.x`)), x.shape[2]!, transitions, steps);
      x.dispose();
      expect({ name, near: relativeError(values, others.values(`${name}.y`)) < 1e-6 }).toEqual({ name, near: true });
    }
  });

  it('reports what does not fit', () => {
    expect(() => resampleStageValues(new Float32Array(7), 2, [1], 5)).toThrow(
      new ShapeError('resampleStageValues: features must be whole frames of 2 channels, at least one, got 7 numbers.'),
    );
    expect(() => resampleStageValues(new Float32Array(8), 2, [5], 5)).toThrow(
      new ArgumentError('resampleStageValues: transitions must be whole numbers in 0 .. 4, got 5 for clip 0.'),
    );
    expect(() => resampleStageValues(new Float32Array(8), 2, [1], 0)).toThrow(
      new ArgumentError('resampleStageValues: steps must be a positive whole number, got 0.'),
    );
  });
});
