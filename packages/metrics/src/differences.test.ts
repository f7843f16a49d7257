import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MetricsError, meanAbsoluteError, meanSquaredError, relativeL2, rootMeanSquaredError } from './index.js';

// computed by goldens/metrics.py with numpy, on the scores of its first case
const numpy = JSON.parse(readFileSync(new URL('__fixtures__/scipy.json', import.meta.url), 'utf8')) as {
  correlations: { x: number[]; y: number[] }[];
  differences: { mae: number; rmse: number; mse: number; relativeL2: number };
};
// computed by the authors' evaluation code
const authors = JSON.parse(readFileSync(new URL('__fixtures__/authors.json', import.meta.url), 'utf8')) as {
  rl2: { pred: number[]; true: number[]; rl2: number; l2: number }[];
};
const { x, y } = numpy.correlations[0]!;

describe('relativeL2', () => {
  it("equals the authors' R-l2 and numpy's within 1e-12", () => {
    for (const golden of authors.rl2) expect(relativeL2(golden.pred, golden.true)).toBeCloseTo(golden.rl2, 12);
    expect(relativeL2(x, y)).toBeCloseTo(numpy.differences.relativeL2, 12);
  });

  it('equals the mean squared error for range 1', () => {
    for (const golden of authors.rl2) {
      expect(Math.abs(relativeL2(golden.pred, golden.true, { range: 1 }) / golden.l2 - 1)).toBeLessThan(1e-12);
    }
    expect(relativeL2(Float32Array.of(1, 2), [2, 4], { range: 2 })).toBe((1 + 4) / 4 / 2);
  });

  it('is NaN if the true scores have no range', () => {
    expect(relativeL2([1, 2], [3, 3])).toBeNaN();
    expect(relativeL2([1, 2], [3, 3], { range: 1 })).toBe(2.5);
  });

  it('reports what it expected', () => {
    expect(() => relativeL2([1], [1], { range: 0 })).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'relativeL2: range must be above 0, got 0.'),
    );
    expect(() => relativeL2([1], [])).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'relativeL2: predicted and actual must have the same length, got 1 and 0.'),
    );
  });
});

describe('errors in the unit of the scores', () => {
  it('equal numpy within 1e-12', () => {
    expect(meanAbsoluteError(x, y)).toBeCloseTo(numpy.differences.mae, 12);
    expect(rootMeanSquaredError(x, y)).toBeCloseTo(numpy.differences.rmse, 12);
    expect(meanSquaredError(x, y)).toBeCloseTo(numpy.differences.mse, 10);
    expect(meanSquaredError(Float32Array.of(1, 2), [2, 4])).toBe(2.5);
  });

  it('equal their closed forms', () => {
    expect(meanAbsoluteError([0, 0], [3, -4])).toBe(3.5);
    expect(rootMeanSquaredError([0, 0], [3, -4])).toBe(Math.sqrt(12.5));
    expect(meanAbsoluteError([1], [Number.NaN])).toBeNaN();
  });

  it('report what they expected', () => {
    expect(() => meanAbsoluteError([], [])).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'meanAbsoluteError: expected at least one value, got none.'),
    );
    expect(() => rootMeanSquaredError([1], [1, 2])).toThrow(
      new MetricsError(
        'ERR_MCORE_SHAPE',
        'rootMeanSquaredError: predicted and actual must have the same length, got 1 and 2.',
      ),
    );
  });
});
