import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { countingMarks } from './counting-marks.js';
import { expectedScore, labelDistribution, labelDivergence, mostLikelyScore } from './score-bins.js';
import { sumDistribution } from './sum-distribution.js';

beforeAll(() => tf.setBackend('cpu'));

const bins = { count: 5, range: [0, 8], sigma: 1 } as const;

describe('score bins', () => {
  it('a label has the ratios of the normal density and adds up to 1 (1e-12)', () => {
    const label = labelDistribution(4, bins); // on bin 2
    expect(label.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(label[1]! / label[2]!).toBeCloseTo(Math.exp(-0.5), 12);
    expect(label[0]! / label[2]!).toBeCloseTo(Math.exp(-2), 12);
    expect(mostLikelyScore(label, bins)).toBe(4);
    expect(expectedScore(label, bins)).toBeCloseTo(4, 12);
  });

  it('a score far beyond the range is a label of the last bin', () => {
    expect(labelDistribution(1e4, bins).map((value) => Math.round(value))).toEqual([0, 0, 0, 0, 1]);
  });

  it('the divergence is 0 for equal distributions and the logarithm of the ratio for a certain label (1e-6)', async () => {
    const label = [0.5, 0.25, 0.25];
    const equal = labelDivergence([label], tf.log(tf.tensor2d([label])) as tf.Tensor2D, 'batch');
    expect((await equal.data())[0]).toBeCloseTo(0, 6);
    const certain = labelDivergence([[1, 0, 0]], tf.zeros([1, 3]), 'elements');
    expect((await certain.data())[0]).toBeCloseTo(Math.log(3) / 3, 6);
  });
});

describe('countingMarks', () => {
  it.each([
    [
      [7, 7.5, 6, 8, 7, 7, 6.5],
      [7, 7, 7],
    ],
    [
      [8, 7, 7.5],
      [7, 7.5, 8],
    ],
    [[6, 7, 7.5, 8, 7], null],
  ])('of %j are %j', (awards, counting) => {
    expect(countingMarks(awards)).toEqual(counting);
  });
});

it('sumDistribution counts every combination (1e-6)', async () => {
  const coin = tf.tensor2d([[0.5, 0.5]]);
  const bent = tf.tensor2d([[0.9, 0.1]]);
  const sum = await sumDistribution([coin, coin, bent]).data();
  for (const [index, expected] of [0.225, 0.475, 0.275, 0.025].entries()) expect(sum[index]).toBeCloseTo(expected, 6);
});
