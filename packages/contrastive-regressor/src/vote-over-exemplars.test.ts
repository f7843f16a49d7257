import { ShapeError } from '@mcore/errors';
import { describeOnEngines } from '@mcore/testing/engines';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { voteOverExemplars } from './index.js';

describe('voteOverExemplars', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('is the mean of exemplar score + delta and their deviation (numpy.mean, numpy.std)', () => {
    // votes 72, 74, 78, 80: mean 76, deviations 4, 2, 2, 4
    expect(voteOverExemplars([2, -6, 8, 0], Float32Array.of(70, 80, 70, 80))).toEqual({
      mean: 76,
      spread: Math.sqrt(10),
    });
    expect(voteOverExemplars([3], [70])).toEqual({ mean: 73, spread: 0 });
  });

  it('votes query by query', () => {
    expect(voteOverExemplars([[1, 3], Float64Array.of(5)], [[70, 70], [80]])).toEqual([
      { mean: 72, spread: 1 },
      { mean: 85, spread: 0 },
    ]);
  });

  it('reports what it expected', () => {
    const message = (got: string) =>
      new ShapeError(
        `voteOverExemplars: deltas and exemplarScores must have the same shape with at least one exemplar, got ${got}.`,
      );
    expect(() => voteOverExemplars([1, 2], [1])).toThrow(message('[2] and [1]'));
    expect(() => voteOverExemplars([], [])).toThrow(message('[0] and [0]'));
    expect(() => voteOverExemplars([[1], [2, 3]], [[1], [2]])).toThrow(message('[2] and [1] for query 1'));
    expect(() => voteOverExemplars(tf.zeros([2, 3]), tf.zeros([3]))).toThrow(message('[2, 3] and [3]'));
  });
});

describeOnEngines('voteOverExemplars', ['cpu', 'wasm', 'wasm after registerOps', 'webgpu'], () => {
  it('returns tensors for tensors, with the same numbers within 1e-5, and keeps no others', async () => {
    const [deltas, scores] = [
      tf.tensor2d([
        [2, -6, 8, 0],
        [1, 1, 1, 1],
      ]),
      tf.tensor2d([
        [70, 80, 70, 80],
        [50, 50, 50, 50],
      ]),
    ];
    const before = tf.memory().numTensors;
    const { mean, spread } = voteOverExemplars(deltas, scores);
    expect([mean.shape, spread.shape, tf.memory().numTensors]).toEqual([[2], [2], before + 2]);
    expect([...(await mean.data())]).toEqual([76, 51]);
    const [first, second] = await spread.data();
    expect(first).toBeCloseTo(Math.sqrt(10), 5);
    expect(second).toBe(0);
    expect(voteOverExemplars(tf.tensor1d([1, 3]), tf.tensor1d([70, 70])).mean.shape).toEqual([]);
  });
});
