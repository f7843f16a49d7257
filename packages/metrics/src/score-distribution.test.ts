import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectedScore, klDivergence, MetricsError, modalScore, scoreDistribution } from './index.js';

interface Distribution {
  score: number;
  deviation: number;
  min: number;
  max: number;
  bins: number;
  shares: number[];
  expected: number;
  modal: number;
}
// computed by goldens/metrics.py with scipy.stats.norm.logpdf and scipy.stats.entropy
const scipy = JSON.parse(readFileSync(new URL('__fixtures__/scipy.json', import.meta.url), 'utf8')) as {
  distributions: Distribution[];
  divergence: { p: number[]; q: number[]; kl: number };
};

describe('scoreDistribution', () => {
  it.each(scipy.distributions)('equals scipy within 1e-12: $score +- $deviation over $bins bins', (golden) => {
    const { shares, expected, modal, score, deviation, ...grid } = golden;
    const distribution = scoreDistribution(score, deviation, grid);
    expect(distribution).toHaveLength(grid.bins);
    for (const [bin, share] of shares.entries()) expect(Math.abs(distribution[bin]! - share)).toBeLessThan(1e-12);
    expect(expectedScore(distribution, grid)).toBeCloseTo(expected, 10);
    expect(modalScore(distribution, grid)).toBeCloseTo(modal, 12);
  });

  it('equals the formula of the paper on bin numbers: pdf(bin; score scaled to bins, 5), divided by the sum', () => {
    // MTL-AQA: scores 0 .. 104.5 on bins 0 .. 100 with a deviation of 5 bins
    const weights = Array.from({ length: 101 }, (_, bin) => Math.exp(-0.5 * ((bin - (57.2 * 100) / 104.5) / 5) ** 2));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const distribution = scoreDistribution(57.2, (5 * 104.5) / 100, { min: 0, max: 104.5 });
    for (const [bin, weight] of weights.entries()) expect(distribution[bin]).toBeCloseTo(weight / sum, 12);
  });

  it('puts everything into the nearest bin if the deviation vanishes, and into two bins that are equally near', () => {
    expect([...scoreDistribution(7.3, 1e-200, { min: 0, max: 10, bins: 11 })].indexOf(1)).toBe(7);
    expect([...scoreDistribution(0.5, 1e-3, { min: 0, max: 1, bins: 2 })]).toEqual([0.5, 0.5]);
  });

  it('reports what it expected', () => {
    const grid = { min: 0, max: 10, bins: 11 };
    expect(() => scoreDistribution(5, 0, grid)).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'scoreDistribution: deviation must be above 0, got 0.'),
    );
    expect(() => scoreDistribution(Number.NaN, 1, grid)).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'scoreDistribution: score must be a finite number, got NaN.'),
    );
    expect(() => scoreDistribution(5, 1, { min: 3, max: 3 })).toThrow(
      new MetricsError(
        'ERR_MCORE_ARGUMENT',
        'scoreDistribution: the grid must run from min to a larger max, got 3 .. 3.',
      ),
    );
    expect(() => scoreDistribution(5, 1, { min: 0, max: 3, bins: 1 })).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'scoreDistribution: bins must be a whole number of 2 to 1000000, got 1.'),
    );
  });
});

describe('reading a distribution', () => {
  const grid = { min: 0, max: 10 };

  it('takes the number of bins from any array-like, with any sum', () => {
    expect(modalScore(Float32Array.of(1, 5, 5), grid)).toBe(5);
    expect(expectedScore(Uint8Array.of(1, 0, 3), grid)).toBe(7.5);
  });

  it('rejects arrays that are not distributions', () => {
    expect(() => expectedScore([1, 2, 3], { ...grid, bins: 4 })).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'expectedScore: expected a distribution of 4 bins, got 3.'),
    );
    expect(() => modalScore([0.5, -0.1], grid)).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'modalScore: probabilities must be at least 0, got -0.1.'),
    );
    expect(() => expectedScore([0, 0], grid)).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'expectedScore: probabilities must have a finite sum above 0, got 0.'),
    );
  });
});

describe('klDivergence', () => {
  it('equals scipy.stats.entropy within 1e-12', () => {
    const { p, q, kl } = scipy.divergence;
    expect(klDivergence(p, q)).toBeCloseTo(kl, 12);
    expect(
      klDivergence(
        Float64Array.from(p),
        q.map((share) => 7 * share),
      ),
    ).toBeCloseTo(kl, 12);
  });

  it('is 0 for equal distributions, and infinite if the prediction rules out the actual bin', () => {
    expect(klDivergence([1, 2, 0], [2, 4, 0])).toBe(0);
    expect(klDivergence([1, 1], [1, 0])).toBe(Number.POSITIVE_INFINITY);
    expect(klDivergence([1, 0], [1, 1])).toBeCloseTo(Math.log(2), 15);
  });

  it('reports the lengths it got', () => {
    expect(() => klDivergence([1], [1, 2])).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'klDivergence: actual and predicted must have the same length, got 1 and 2.'),
    );
  });
});
