import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { averageIoU, bootstrapInterval, MetricsError, meanAbsoluteError, pairedBootstrap, spearman } from './index.js';
import { quantile } from './quantile.js';
import { uniformIntegers } from './uniform-integers.js';

// computed by goldens/metrics.py with scipy
const scipy = JSON.parse(readFileSync(new URL('__fixtures__/scipy.json', import.meta.url), 'utf8')) as {
  bootstrap: { x: number[]; y: number[]; level: number; resamples: number; interval: [number, number] };
  quantiles: { values: number[]; shares: number[]; quantiles: number[] };
};
const { x, y, level, interval } = scipy.bootstrap;
const noisy = y.map((value, index) => value + 25 * Math.sin(index * 7));

describe('bootstrapInterval', () => {
  it("is within 0.01 of scipy's percentile interval of SRCC (20,000 independent draws)", () => {
    const [low, high] = bootstrapInterval(spearman, x, y, { level, resamples: 4000, seed: 1 });
    expect(Math.abs(low - interval[0])).toBeLessThan(0.01);
    expect(Math.abs(high - interval[1])).toBeLessThan(0.01);
  });

  it('is the same for the same seed and different for another seed', () => {
    const options = { resamples: 200, seed: 5 };
    expect(bootstrapInterval(spearman, x, y, options)).toEqual(bootstrapInterval(spearman, x, y, options));
    expect(bootstrapInterval(spearman, x, y, options)).not.toEqual(
      bootstrapInterval(spearman, x, y, { resamples: 200, seed: 5.5 }),
    );
  });

  it('has the closed-form width for a mean, within 5 %', () => {
    // the mean of n draws has standard error sd / sqrt(n): +-1.96 of those
    const values = Array.from({ length: 400 }, (_, index) => index);
    const [low, high] = bootstrapInterval(meanAbsoluteError, values, new Float32Array(400), {
      resamples: 4000,
      seed: 2,
    });
    const deviation = Math.sqrt((400 ** 2 - 1) / 12);
    const width = (2 * 1.96 * deviation) / Math.sqrt(400);
    expect(Math.abs((high - low) / width - 1)).toBeLessThan(0.05);
    expect(Math.abs((high + low) / 2 - 199.5)).toBeLessThan(1);
  });

  it('resamples transitions as well as scores', () => {
    const truth = Array.from({ length: 50 }, (_, clip) => [10 + clip, 60]);
    const [low, high] = bootstrapInterval(
      (predicted, actual) => averageIoU(predicted, actual, 0.5),
      truth.map(([start, end], clip) => (clip % 2 === 0 ? [start!, end!] : [0, 1])),
      truth,
      { resamples: 500 },
    );
    expect(low).toBeGreaterThan(0.3);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
    expect(high).toBeLessThan(0.7);
  });

  it('leaves out undefined resamples; NaN if all are undefined', () => {
    // with two clips, half of the resamples draw the same clip twice
    expect(bootstrapInterval(spearman, [1, 2], [1, 2], { resamples: 50 }).map((bound) => bound.toFixed(9))).toEqual([
      '1.000000000',
      '1.000000000',
    ]);
    expect(bootstrapInterval(spearman, [1], [1], { resamples: 10 })).toEqual([Number.NaN, Number.NaN]);
  });

  it('reports what it expected', () => {
    expect(() => bootstrapInterval(spearman, [1, 2], [1, 2], { level: 1 })).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'bootstrapInterval: level must lie between 0 and 1, got 1.'),
    );
    expect(() => bootstrapInterval(spearman, [1, 2], [1, 2], { resamples: 0.5 })).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'bootstrapInterval: resamples must be a positive whole number, got 0.5.'),
    );
    expect(() => bootstrapInterval(spearman, [1, 2], [1, 2], { seed: Number.NaN })).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'bootstrapInterval: seed must be a finite number, got NaN.'),
    );
    expect(() => bootstrapInterval(spearman, [1, 2], [1])).toThrow(
      new MetricsError(
        'ERR_MCORE_SHAPE',
        'bootstrapInterval: predicted and actual must have the same length, got 2 and 1.',
      ),
    );
  });
});

describe('pairedBootstrap', () => {
  it('finds the better model, in both orders', () => {
    const better = pairedBootstrap(spearman, x, noisy, y, { resamples: 999, seed: 3 });
    expect(better.difference).toBe(spearman(x, y) - spearman(noisy, y));
    expect(better.difference).toBeGreaterThan(0);
    expect(better.interval[0]).toBeLessThan(better.difference);
    expect(better.interval[1]).toBeGreaterThan(better.difference);
    const worse = pairedBootstrap(spearman, noisy, x, y, { resamples: 999, seed: 3 });
    // the same draws, so the differences only change sign
    expect(worse.interval.map((bound) => -bound).reverse()).toEqual(
      better.interval.map((bound) => expect.closeTo(bound, 12)),
    );
    expect(better.p + worse.p).toBeCloseTo(1 + 1 / 1000, 12);
    expect(better.p).toBeLessThan(0.5);
  });

  it('never reports that a model beats itself', () => {
    expect(pairedBootstrap(spearman, x, x, y, { resamples: 100 })).toEqual({ difference: 0, interval: [0, 0], p: 1 });
  });

  it('returns the smallest p for a model that always wins', () => {
    const negative = (predicted: number[], actual: number[]) => -meanAbsoluteError(predicted, actual);
    const { p } = pairedBootstrap(
      negative,
      y,
      y.map((value) => value + 1),
      y,
      { resamples: 99 },
    );
    expect(p).toBe(1 / 100);
  });

  it('reports the lengths it got', () => {
    expect(() => pairedBootstrap(spearman, [1, 2], [1], [1, 2])).toThrow(
      new MetricsError(
        'ERR_MCORE_SHAPE',
        'pairedBootstrap: predictedB and actual must have the same length, got 1 and 2.',
      ),
    );
  });
});

describe('quantile', () => {
  it('equals numpy.quantile within 1e-12', () => {
    const { values, shares, quantiles } = scipy.quantiles;
    shares.forEach((share, index) => {
      expect(quantile(values, share)).toBeCloseTo(quantiles[index]!, 12);
    });
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('uniformIntegers', () => {
  it('draws all numbers about equally often (chi-squared under 30 for 10 bins, p = 0.0004)', () => {
    for (const seed of [0, 1, -1, 0.5, 1e300]) {
      const next = uniformIntegers(seed, 10);
      const counts = new Array<number>(10).fill(0);
      for (let draw = 0; draw < 50_000; draw++) counts[next()]!++;
      const squared = counts.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0);
      expect(squared).toBeLessThan(30);
    }
  });

  it('follows the sfc32 reference', () => {
    // golden: the published C code (a = 0x40000000, b = 0, c = 0, counter = 1 for seed 2), after 20 rounds, worked with BigInt
    const mask = 0xffffffffn;
    let [a, b, c, counter] = [0x40000000n, 0n, 0n, 1n];
    const reference = () => {
      const sum = (a + b + counter) & mask;
      counter = (counter + 1n) & mask;
      a = b ^ (b >> 9n);
      b = (c + (c << 3n)) & mask;
      c = ((((c << 21n) | (c >> 11n)) & mask) + sum) & mask;
      return Number(sum);
    };
    for (let round = 0; round < 20; round++) reference();
    const next = uniformIntegers(2, 2 ** 32);
    for (let draw = 0; draw < 100; draw++) expect(next()).toBe(reference());
  });
});
