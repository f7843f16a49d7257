import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { accuracy, areaUnderCurve, bootstrapInterval, MetricsError } from './index.js';

// computed by goldens/verdicts.py with scipy
const golden = JSON.parse(readFileSync(new URL('__fixtures__/verdicts.json', import.meta.url), 'utf8')) as {
  auc: { name: string; scores: (number | string)[]; passed: number[]; auc: number }[];
};

describe('areaUnderCurve', () => {
  it.each(golden.auc)('equals scipy within 1e-12: $name', ({ scores, passed, auc }) => {
    expect(areaUnderCurve(scores.map(Number), passed)).toBeCloseTo(auc, 12);
  });

  it('counts pairs in the right order, ties half, by hand', () => {
    // pairs (passed, failed): 3 > 1, 3 > 2, 2 > 1, 2 = 2
    expect(areaUnderCurve([3, 2, 1, 2], [true, true, false, false])).toBe(3.5 / 4);
  });

  it('is NaN if all passed, all failed, there are no clips, or a score is NaN', () => {
    expect(areaUnderCurve([1, 2], [1, 1])).toBeNaN();
    expect(areaUnderCurve([1, 2], [0, 0])).toBeNaN();
    expect(areaUnderCurve([], [])).toBeNaN();
    expect(areaUnderCurve([1, Number.NaN], [1, 0])).toBeNaN();
  });

  it('has a bootstrap interval that leaves out resamples of one class', () => {
    const { scores, passed, auc } = golden.auc[0]!;
    const [low, high] = bootstrapInterval(areaUnderCurve, scores.map(Number), passed, { resamples: 500 });
    expect(low).toBeLessThan(auc);
    expect(high).toBeGreaterThan(auc);
    // Hanley and McNeil's standard error of this AUC is 0.05; the interval is 4 of them wide
    expect(high - low).toBeGreaterThan(0.1);
    expect(high - low).toBeLessThan(0.35);
  });

  it('reports what it expected', () => {
    expect(() => areaUnderCurve([1], [1, 0])).toThrow(
      new MetricsError(
        'ERR_MCORE_SHAPE',
        'areaUnderCurve: predicted and passed must have the same length, got 1 and 2.',
      ),
    );
    expect(() => areaUnderCurve([1, 2], [1, 2])).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'areaUnderCurve: expected verdicts of 0 or 1, got 2.'),
    );
  });
});

describe('accuracy', () => {
  it('counts correct verdicts; a score equal to the threshold passes', () => {
    expect(accuracy([0.5, 0.4, 0.9, 0.1], [1, 0, 0, 1])).toBe(0.5);
    expect(accuracy([7, 3], [true, false], { threshold: 5 })).toBe(1);
    expect(accuracy([], [])).toBeNaN();
    expect(accuracy([Number.NaN], [1])).toBeNaN();
  });
});
