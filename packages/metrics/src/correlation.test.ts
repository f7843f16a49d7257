import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fisherMean, kendall, MetricsError, pearson, spearman } from './index.js';

interface Correlations {
  name: string;
  x: (number | null)[];
  y: (number | null)[];
  pearson: number | null;
  spearman: number | null;
  kendall: number | null;
}
// computed by goldens/metrics.py with scipy; null stands for NaN
const scipy = JSON.parse(readFileSync(new URL('__fixtures__/scipy.json', import.meta.url), 'utf8')) as {
  correlations: Correlations[];
  fisher: { correlations: number[]; mean: number };
};
// computed by the authors' evaluation code
const authors = JSON.parse(readFileSync(new URL('__fixtures__/authors.json', import.meta.url), 'utf8')) as {
  spearman: { name: string; pred: number[]; true: number[]; srcc: number | null }[];
};
const numbers = (values: (number | null)[]) => values.map((value) => value ?? Number.NaN);

function expectClose(value: number, golden: number | null): void {
  if (golden === null) expect(value).toBeNaN();
  else expect(Math.abs(value - golden)).toBeLessThan(1e-12);
}

describe('correlations', () => {
  it.each(scipy.correlations)('equal scipy within 1e-12: $name', (golden) => {
    const [x, y] = [numbers(golden.x), numbers(golden.y)];
    expectClose(pearson(x, y), golden.pearson);
    expectClose(spearman(x, y), golden.spearman);
    expectClose(kendall(x, y), golden.kendall);
  });

  it.each(authors.spearman)("spearman equals the authors' SRCC within 1e-12: $name", (golden) => {
    expectClose(spearman(golden.pred, golden.true), golden.srcc);
  });

  it('accept any array-like, and rank infinities', () => {
    expect(spearman(Float32Array.of(1, 2, 3), Int32Array.of(10, 30, 20))).toBe(0.5);
    expect(spearman({ length: 2, 0: 1, 1: 2 }, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])).toBeCloseTo(
      1,
      12,
    );
    expect(pearson(new Float64Array([1, 2, 4]), Float32Array.of(2, 4, 8))).toBeCloseTo(1, 12);
    expect(kendall(Uint8Array.of(1, 2, 3), [1, 3, 2])).toBeCloseTo(1 / 3, 12);
  });

  it('are exactly 1 and -1 for the same order and the reverse', () => {
    const values = Array.from({ length: 101 }, (_, index) => Math.sin(index));
    const reverse = values.map((value) => -value);
    for (const metric of [spearman, pearson, kendall]) {
      expect(metric(values, values)).toBe(1);
      expect(metric(values, reverse)).toBe(-1);
    }
  });

  it('are NaN for one pair and for none', () => {
    expect([spearman([], []), pearson([], []), kendall([], [])]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([spearman([1], [2]), pearson([1], [2]), kendall([1], [2])]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('do not change their inputs', () => {
    const [x, y] = [
      [3, 1, 2],
      [1, 2, 3],
    ];
    spearman(x!, y!);
    kendall(x!, y!);
    expect([x, y]).toEqual([
      [3, 1, 2],
      [1, 2, 3],
    ]);
  });

  it.each([
    ['spearman', spearman],
    ['pearson', pearson],
    ['kendall', kendall],
  ] as const)('%s reports the lengths it got', (name, metric) => {
    expect(() => metric([1, 2], [1])).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', `${name}: predicted and actual must have the same length, got 2 and 1.`),
    );
  });
});

describe('fisherMean', () => {
  it('equals tanh(mean(arctanh)) of numpy within 1e-12', () => {
    expectClose(fisherMean(scipy.fisher.correlations), scipy.fisher.mean);
  });

  it('is the correlation itself for one, 0 for opposite ones, and 1 if one is 1', () => {
    expect(fisherMean([0.3])).toBeCloseTo(0.3, 15);
    expect(fisherMean([0.8, -0.8])).toBe(0);
    expect(fisherMean(Float32Array.of(1, 0.5))).toBe(1);
    expect(fisherMean([1, -1])).toBeNaN();
    expect(fisherMean([0.5, Number.NaN])).toBeNaN();
  });

  it('rejects values that are not correlations', () => {
    expect(() => fisherMean([])).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'fisherMean: expected at least one correlation, got none.'),
    );
    expect(() => fisherMean([0.5, 1.5])).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'fisherMean: expected correlations in [-1, 1], got 1.5.'),
    );
  });
});
