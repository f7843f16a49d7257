import '@tensorflow/tfjs';
import { ArgumentError } from '@mcore/errors';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  differenceIn,
  FINEDIVING_QUALITY_BORDERS,
  groupBorders,
  pairDifferences,
  placeInGroups,
} from './group-borders.js';
import { groupLosses, predictedDifferences } from './group-losses.js';

beforeAll(() => tf.setBackend('cpu'));

describe('pairDifferences', () => {
  it('has every pair of one key once', () => {
    const clips = [
      { value: 1, key: 'a' },
      { value: 5, key: 'b' },
      { value: 3, key: 'a' },
      { value: 9, key: 'a' },
    ];
    expect([...pairDifferences(clips)]).toEqual([-2, -8, -6]);
  });

  it("gives FineDiving's borders from its training labels: 146,949 pairs of one dive number", () => {
    const training = fineDivingLabels.filter(({ split }) => split === 'train');
    const clips = training.map(({ score, difficulty, diveNumber }) => ({ value: score / difficulty, key: diveNumber }));
    const differences = pairDifferences(clips);
    expect(differences.length).toBe(146_949);
    const borders = groupBorders(differences, { leaves: 16, range: 30, form: 'released' });
    for (const [index, border] of borders.entries()) {
      expect(border).toBeCloseTo(FINEDIVING_QUALITY_BORDERS[index]!, 2);
    }
  });
});

describe('groupBorders', () => {
  it('released: quantiles of the sizes, mirrored; paper: quantiles of both signs', () => {
    const differences = [1, -2, 3, -4, 5];
    expect(groupBorders(differences, { leaves: 4, range: 9, form: 'released' })).toEqual([-9, -3, 0, 3, 9]);
    // -5 -4 -3 -2 -1 1 2 3 4 5, at 2, 4 and 6
    expect(groupBorders(differences, { leaves: 4, range: 9, form: 'paper' })).toEqual([-9, -3, -1, 2, 9]);
  });

  it('says what it expected', () => {
    const options = { leaves: 4, range: 9, form: 'released' } as const;
    expect(() => groupBorders([], options)).toThrow(
      new ArgumentError('groupBorders: expected at least one difference, got none.'),
    );
    expect(() => groupBorders([1], { ...options, leaves: 6 })).toThrow(
      new ArgumentError('groupBorders: expected leaves to be a power of 2 of at least 2, got 6.'),
    );
    expect(() => groupBorders([1], { ...options, range: 0 })).toThrow(
      new ArgumentError('groupBorders: expected range to be above 0, got 0.'),
    );
  });
});

describe('placeInGroups', () => {
  const borders = [-9, -3, 0, 0, 3, 9]; // the group from 0 to 0 is empty

  it('has closed upper borders below 0 and closed lower borders from 0 on; empty groups get nothing', () => {
    expect([-9, -3.5, -3, -0.1, 0, 2.9, 3, 8].map((value) => placeInGroups(value, borders).leaf)).toEqual([
      0, 0, 0, 1, 3, 3, 4, 4,
    ]);
    expect(placeInGroups(-3, borders).position).toBe(1);
    expect(placeInGroups(1.5, borders).position).toBe(0.5);
  });

  it('takes a difference beyond the borders as lying on them', () => {
    expect(placeInGroups(100, borders)).toEqual({ leaf: 4, position: 1 });
    expect(placeInGroups(-100, borders)).toEqual({ leaf: 0, position: 0 });
  });

  it('is inverted by differenceIn', () => {
    for (const value of [-9, -4, -3, -1, 0, 1, 3, 5, 9]) {
      expect(differenceIn(placeInGroups(value, borders), borders)).toBeCloseTo(value, 12);
    }
    expect(differenceIn({ leaf: 2, position: 0.25 }, borders)).toBe(0.25); // an empty group
  });
});

describe('groupLosses', () => {
  it('has its closed forms (1e-5): every occupied group counts alike, whatever its members', async () => {
    const borders = [-2, 0, 2];
    // log 0.8 and log 0.2 in each row; positions off by 0.5, 0.5 and 0.1
    const logProbabilities = tf.log(
      tf.tensor2d([
        [0.2, 0.8],
        [0.2, 0.8],
        [0.2, 0.8],
      ]),
    );
    const positions = tf.tensor2d([
      [9, 1],
      [9, 1],
      [0.6, 9],
    ]);
    const differences = [1, 1, -1]; // positions 0.5, 0.5 of group 1 and 0.5 of group 0
    const nll = groupLosses({ logProbabilities, positions }, differences, borders, 'nll');
    expect((await nll.classification.data())[0]).toBeCloseTo(-(2 * Math.log(0.8) + Math.log(0.2)) / 3, 5);
    expect((await nll.regression.data())[0]).toBeCloseTo(0.25 + 0.01, 5);
    const binary = groupLosses({ logProbabilities, positions }, differences, borders, 'binary');
    // the other group adds the logarithm of what is left of it, which is the same number for two groups
    expect((await binary.classification.data())[0]).toBeCloseTo((-2 * (2 * Math.log(0.8) + Math.log(0.2))) / 3, 5);
    expect(await predictedDifferences({ logProbabilities, positions }, borders)).toEqual([2, 2, 18]);
  });
});
