import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Fold, kFold, leaveOneGroupOut, leaveOneOut, MetricsError, summariseFolds } from './index.js';

// computed by goldens/verdicts.py with numpy
const golden = JSON.parse(readFileSync(new URL('__fixtures__/verdicts.json', import.meta.url), 'utf8')) as {
  folds: { values: number[]; mean: number; deviation: number; fisherMean: number };
};

/** Every clip is tested once, and trained on in all other folds. */
function expectPartition(folds: readonly Fold[], count: number): void {
  const all = Array.from({ length: count }, (_, index) => index);
  expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(all);
  for (const { train, test } of folds) expect([...train, ...test].sort((a, b) => a - b)).toEqual(all);
}
const failure = (message: string) => new MetricsError('ERR_MCORE_ARGUMENT', message);

describe('leaveOneOut and leaveOneGroupOut', () => {
  it('hold out every clip, every group, once', () => {
    expect(leaveOneOut(3)).toEqual([
      { name: '1', train: [1, 2], test: [0] },
      { name: '2', train: [0, 2], test: [1] },
      { name: '3', train: [0, 1], test: [2] },
    ]);
    expect(leaveOneGroupOut(['B', 'C', 'B', 'D'])).toEqual([
      { name: 'B', train: [1, 3], test: [0, 2] },
      { name: 'C', train: [0, 2, 3], test: [1] },
      { name: 'D', train: [0, 1, 2], test: [3] },
    ]);
  });

  it('report what they expected', () => {
    expect(() => leaveOneOut(1)).toThrow(failure('leaveOneOut: expected at least 2 clips, got 1.'));
    expect(() => leaveOneGroupOut(['B', 'B'])).toThrow(
      failure('leaveOneGroupOut: expected at least two groups, got 1. Use kFold, or another column of groups.'),
    );
  });
});

describe('kFold', () => {
  it('assigns clips to folds of nearly equal size, the same for the same seed', () => {
    const folds = kFold(23, { folds: 4, seed: 1 });
    expectPartition(folds, 23);
    expect(folds.map(({ test }) => test.length)).toEqual([6, 6, 6, 5]);
    expect(kFold(23, { folds: 4, seed: 1 })).toEqual(folds);
    expect(kFold(23, { folds: 4, seed: 2 })).not.toEqual(folds);
  });

  it('keeps groups together and balances folds by clips', () => {
    const groups = [...'aaaaaabbbbccccddee'];
    const folds = kFold(groups.length, { folds: 3, groups, seed: 5 });
    expectPartition(folds, groups.length);
    expect(folds.map(({ test }) => test.length)).toEqual([6, 6, 6]);
    for (const { train, test } of folds) {
      const tested = new Set(test.map((index) => groups[index]));
      expect(train.some((index) => tested.has(groups[index]))).toBe(false);
    }
  });

  it('spreads strata over all folds', () => {
    const strata = Array.from({ length: 30 }, (_, index) => (index < 10 ? 'pass' : 'fail'));
    const folds = kFold(30, { strata, seed: 3 });
    expectPartition(folds, 30);
    for (const { test } of folds) expect(test.filter((index) => strata[index] === 'pass')).toHaveLength(2);
  });

  it('reports what it expected', () => {
    expect(() => kFold(10, { folds: 11 })).toThrow(failure('kFold: expected 2 to 10 folds for 10 clips, got 11.'));
    expect(() => kFold(4, { folds: 3, groups: ['a', 'a', 'b', 'b'] })).toThrow(
      failure('kFold: expected 2 to 2 folds for 2 groups, got 3.'),
    );
    expect(() => kFold(4, { groups: ['a'] })).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'kFold: expected 4 groups, one per clip, got 1.'),
    );
    expect(() => kFold(2, { folds: 2, groups: ['a', 'b'], strata: ['a', 'b'] })).toThrow(
      failure('kFold: expected groups or strata, got both.'),
    );
    expect(() => kFold(4, { folds: 2, seed: Number.NaN })).toThrow(
      failure('kFold: seed must be a finite number, got NaN.'),
    );
  });
});

describe('summariseFolds', () => {
  it('equals numpy within 1e-12, with an interval around the mean', () => {
    const { values, mean, deviation, fisherMean } = golden.folds;
    const summary = summariseFolds(values);
    expect(summary.mean).toBeCloseTo(mean, 12);
    expect(summary.deviation).toBeCloseTo(deviation, 12);
    expect(summary.fisherMean).toBeCloseTo(fisherMean, 12);
    // the mean of n folds has standard error deviation / sqrt(n), with n in place of n - 1 in the bootstrap
    const error = (deviation * Math.sqrt(8 / 9)) / 3;
    expect((summary.interval[1] - summary.interval[0]) / (2 * 1.96 * error)).toBeCloseTo(1, 0);
    expect(summary).toMatchObject({ folds: 9, undefinedFolds: 0 });
  });

  it('leaves out folds without a value, and is NaN if none has one', () => {
    expect(summariseFolds([0.5, Number.NaN, 0.7])).toMatchObject({ mean: 0.6, folds: 2, undefinedFolds: 1 });
    expect(summariseFolds([0.5])).toMatchObject({ mean: 0.5, deviation: Number.NaN, interval: [0.5, 0.5] });
    expect(summariseFolds([Number.NaN])).toEqual({
      mean: Number.NaN,
      fisherMean: Number.NaN,
      deviation: Number.NaN,
      interval: [Number.NaN, Number.NaN],
      folds: 0,
      undefinedFolds: 1,
    });
    expect(summariseFolds([3, 5]).fisherMean).toBeNaN();
  });
});
