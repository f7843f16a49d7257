import { describe, expect, it } from 'vitest';
import { conformalInterval, conformalRadius, MetricsError } from './index.js';
import { uniformIntegers } from './uniform-integers.js';

describe('conformalRadius', () => {
  it('is the ceil((n + 1) level)-th smallest absolute residual', () => {
    const residuals = [3, -1, 2, -5, 4, -7, 6, 9, -8]; // 1 .. 9 once each
    expect(conformalRadius(residuals, 0.5)).toBe(5);
    expect(conformalRadius(residuals, 0.9)).toBe(9);
    expect(conformalRadius(residuals, 0.91)).toBe(Number.POSITIVE_INFINITY);
    expect(conformalRadius(Float32Array.from(residuals), 0.05)).toBe(1);
    // 100 * 0.55 is 55.00000000000001 in floating point, which must not become 56
    expect(
      conformalRadius(
        Array.from({ length: 99 }, (_, index) => index + 1),
        0.55,
      ),
    ).toBe(55);
  });

  it('covers new clips at the given level, within 1 %', () => {
    const next = uniformIntegers(4, 1_000_000);
    let covered = 0;
    for (let trial = 0; trial < 20_000; trial++) {
      const residuals = Array.from({ length: 19 }, () => next() - 500_000);
      covered += Math.abs(next() - 500_000) <= conformalRadius(residuals, 0.8) ? 1 : 0;
    }
    expect(Math.abs(covered / 20_000 - 0.8)).toBeLessThan(0.01);
  });

  it('makes an interval around a prediction', () => {
    expect(conformalInterval(50, [1, -2, 3], 0.5)).toEqual([48, 52]);
    expect(conformalInterval(50, [1, -2, 3], 0.99)).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('reports what it expected', () => {
    expect(() => conformalRadius([], 0.9)).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'conformalRadius: expected at least one residual, got none.'),
    );
    expect(() => conformalRadius([1], 0)).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'conformalRadius: level must lie between 0 and 1, got 0.'),
    );
    expect(() => conformalRadius([1, Number.NaN])).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'conformalRadius: residuals must be numbers, got NaN.'),
    );
  });
});
