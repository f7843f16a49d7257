import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averageIoU,
  averageIoUs,
  bootstrapInterval,
  conformalRadius,
  expectedScore,
  figuresByClass,
  fisherMean,
  intervalIoU,
  kendall,
  klDivergence,
  meanAbsoluteError,
  meanAverageIoU,
  modalScore,
  pearson,
  relativeL2,
  rootMeanSquaredError,
  scoreDistribution,
  spearman,
  stageIoU,
} from './index.js';

/** Checks a property with a fixed seed, so that failures are reproducible. */
function run<T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, predicate), { seed: 20240414, numRuns: 200 });
}

const score = fc.oneof(
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  fc.integer({ min: -5, max: 5 }), // ties
  fc.constantFrom(1e-300, -1e300, 1e300, 0, -0),
);
const pairs = fc.array(fc.tuple(score, score), { minLength: 2, maxLength: 40 });
const sides = (values: readonly (readonly [number, number])[]) =>
  [values.map(([x]) => x), values.map(([, y]) => y)] as const;
const sameUpTo = (a: number, b: number, tolerance: number) =>
  (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= tolerance;

describe.each([
  ['pearson', pearson],
  ['spearman', spearman],
  ['kendall', kendall],
] as const)('%s', (name, metric) => {
  it('lies in [-1, 1] or is NaN, the same if both sides are swapped and in any order of clips (within 1e-12)', () => {
    run(pairs, (values) => {
      const [x, y] = sides(values);
      const value = metric(x, y);
      expect(Number.isNaN(value) || (value >= -1 && value <= 1)).toBe(true);
      expect(sameUpTo(metric(y, x), value, 1e-12)).toBe(true);
      expect(sameUpTo(metric([...x].reverse(), [...y].reverse()), value, 1e-9)).toBe(true);
    });
  });

  it('changes its sign if one side does (within 1e-12), and is 1 with itself', () => {
    run(pairs, (values) => {
      const [x, y] = sides(values);
      const flipped = metric(
        x.map((value) => -value),
        y,
      );
      expect(sameUpTo(flipped, -metric(x, y), 1e-12)).toBe(true);
      const itself = metric(x, x);
      expect(Number.isNaN(itself) || itself > 1 - 1e-12).toBe(true);
    });
  });

  it(name === 'pearson' ? 'ignores scale (within 1e-9)' : 'depends on the order alone, exactly', () => {
    run(pairs, (values) => {
      const [x, y] = sides(values);
      // powers of two do not round; cubes keep the order if they don't overflow
      const other = name === 'pearson' ? x.map((value) => value / 4) : x.map((value) => Math.cbrt(value));
      expect(sameUpTo(metric(other, y), metric(x, y), name === 'pearson' ? 1e-9 : 0)).toBe(true);
    });
  });
});

describe('means over classes', () => {
  it('fisherMean lies between the smallest and the largest correlation', () => {
    const correlation = fc.double({ min: -0.999, max: 0.999, noNaN: true });
    run(fc.array(correlation, { minLength: 1, maxLength: 9 }), (values) => {
      const mean = fisherMean(values);
      expect(mean).toBeGreaterThanOrEqual(Math.min(...values) - 1e-12);
      expect(mean).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
    });
  });

  it('figuresByClass with one class equals the metrics of that class', () => {
    run(pairs, (values) => {
      const [x, y] = sides(values);
      const { srcc, classes } = figuresByClass(
        x,
        y,
        x.map(() => 'all'),
      );
      expect(sameUpTo(srcc, spearman(x, y), 1e-9)).toBe(true);
      expect(classes).toHaveLength(1);
    });
  });
});

describe('differences', () => {
  // thousandths: the squares of much smaller numbers vanish
  const points = fc.integer({ min: -1e6, max: 1e6 }).map((thousandths) => thousandths / 1000);
  const moderate = fc.array(fc.tuple(points, points), { minLength: 1, maxLength: 40 });

  it('are at least 0, and 0 for exact predictions; the absolute error is at most the root of the squared error', () => {
    run(moderate, (values) => {
      const [x, y] = sides(values);
      expect(meanAbsoluteError(x, y)).toBeLessThanOrEqual(rootMeanSquaredError(x, y) * (1 + 1e-12));
      expect(meanAbsoluteError(y, y)).toBe(0);
      const distance = relativeL2(x, y);
      expect(Number.isNaN(distance) || distance >= 0).toBe(true);
    });
  });

  it('relativeL2 ignores the unit (within 1e-9 of itself)', () => {
    run(moderate, (values) => {
      const [x, y] = sides(values);
      const other = relativeL2(
        x.map((value) => 8 * value),
        y.map((value) => 8 * value),
      );
      const distance = relativeL2(x, y);
      expect(sameUpTo(other, distance, 1e-9 * Math.abs(distance))).toBe(true);
    });
  });
});

describe('IoU', () => {
  const bound = fc.oneof(fc.integer({ min: -10, max: 100 }), fc.double({ min: -10, max: 100, noNaN: true }));
  const interval = fc.tuple(bound, bound);

  it('lies in [0, 1], is symmetric, and is 1 with itself unless it is empty', () => {
    run(fc.tuple(interval, interval), ([a, b]) => {
      const iou = intervalIoU(a, b);
      expect(iou).toBeGreaterThanOrEqual(0);
      expect(iou).toBeLessThanOrEqual(1 + 1e-12);
      expect(sameUpTo(intervalIoU(b, a), iou, 1e-12)).toBe(true);
      expect(intervalIoU(a, a)).toBe(a[1] > a[0] ? 1 : 0);
    });
  });

  it('lies in [0, 1] for all stages and any transitions, and is 1 if they agree', () => {
    const frames = fc.array(fc.integer({ min: 0, max: 96 }), { minLength: 1, maxLength: 6 });
    run(fc.tuple(frames, frames), ([a, b]) => {
      const count = Math.min(a.length, b.length);
      const ascending = (values: number[]) => values.slice(0, count).sort((x, y) => x - y);
      for (const iou of stageIoU(a.slice(0, count), b.slice(0, count), 96)) {
        expect(iou >= 0 && iou <= 1).toBe(true);
      }
      expect(stageIoU(ascending(a), ascending(a), 96)).toEqual(new Array(count + 1).fill(1));
    });
  });

  it('AIoU falls with the threshold; its mean lies between', () => {
    const clips = fc.array(fc.tuple(interval, interval), { minLength: 1, maxLength: 20 });
    run(clips, (values) => {
      const [p, q] = [values.map(([a]) => a), values.map(([, b]) => b)];
      const shares = averageIoUs(p, q);
      for (const [index, share] of shares.entries()) expect(share).toBeLessThanOrEqual(shares[index - 1] ?? 1);
      expect(meanAverageIoU(p, q)).toBeLessThanOrEqual(averageIoU(p, q, 0.5) + 1e-12);
    });
  });
});

describe('distributions', () => {
  const grid = { min: -20, max: 120, bins: 57 };
  const any = fc.tuple(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
  );

  it('sum to 1, have their mode next to the score and their mean inside the grid', () => {
    run(any, ([value, deviation]) => {
      const shares = scoreDistribution(value, deviation, grid);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
      const inside = Math.min(grid.max, Math.max(grid.min, value));
      expect(Math.abs(modalScore(shares, grid) - inside)).toBeLessThanOrEqual(1.25 + 1e-9);
      const mean = expectedScore(shares, grid);
      expect(mean >= grid.min && mean <= grid.max).toBe(true);
    });
  });

  it('klDivergence is at least 0, and 0 for the same', () => {
    run(fc.tuple(any, any), ([a, b]) => {
      const [p, q] = [a, b].map(([value, deviation]) => scoreDistribution(value, deviation, grid));
      expect(klDivergence(p!, q!)).toBeGreaterThanOrEqual(0);
      expect(klDivergence(p!, p!)).toBe(0);
    });
  });
});

describe('intervals', () => {
  it('bootstrap bounds are in order and within the values of the metric', () => {
    run(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), {
        minLength: 2,
        maxLength: 12,
      }),
      (values) => {
        const [low, high] = bootstrapInterval(spearman, ...sides(values), { resamples: 20, seed: 3 });
        expect((Number.isNaN(low) && Number.isNaN(high)) || (-1 <= low && low <= high && high <= 1)).toBe(true);
      },
    );
  });

  it('a conformal radius covers its level of the residuals it was computed from', () => {
    run(fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 60 }), (residuals) => {
      const radius = conformalRadius(residuals, 0.8);
      const covered = residuals.filter((residual) => Math.abs(residual) <= radius).length;
      expect(covered / residuals.length).toBeGreaterThanOrEqual(0.8 - 1e-9);
    });
  });
});
