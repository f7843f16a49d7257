import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  averageIoU,
  averageIoUs,
  intervalIoU,
  MetricsError,
  meanAverageIoU,
  meanStageIoU,
  stageIoU,
  stageIoUShares,
} from './index.js';

// computed by the authors' evaluation code, reversed and empty intervals included
const authors = JSON.parse(readFileSync(new URL('__fixtures__/authors.json', import.meta.url), 'utf8')) as {
  iou: { true: [number, number]; pred: [number, number]; iou: number }[];
  aiou: { '0.5': number; '0.75': number };
};

describe('intervalIoU', () => {
  it("equals the authors' IoU within 1e-12, in both orders", () => {
    for (const golden of authors.iou) {
      expect(intervalIoU(golden.pred, golden.true)).toBeCloseTo(golden.iou, 12);
      expect(intervalIoU(golden.true, golden.pred)).toBeCloseTo(golden.iou, 12);
    }
  });

  it('is 0 for empty and reversed intervals, also with themselves', () => {
    expect(intervalIoU([5, 5], [5, 5])).toBe(0);
    expect(intervalIoU([5, 5], [0, 10])).toBe(0);
    expect(intervalIoU([70, 30], [70, 30])).toBe(0);
    expect(intervalIoU([70, 30], [0, 96])).toBe(0);
    expect(intervalIoU([0, Number.NaN], [0, 96])).toBeNaN();
  });

  it('accepts typed arrays and requires two bounds', () => {
    expect(intervalIoU(Int32Array.of(0, 4), Float32Array.of(1, 4))).toBe(0.75);
    expect(() => intervalIoU([1, 2, 3], [1, 2])).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'intervalIoU: an interval must be [start, end], got 3 numbers.'),
    );
  });
});

describe('averageIoU', () => {
  it("equals the authors' AIoU@0.5 and AIoU@0.75 exactly", () => {
    const [predicted, actual] = [authors.iou.map((golden) => golden.pred), authors.iou.map((golden) => golden.true)];
    expect(averageIoU(predicted, actual, 0.5)).toBe(authors.aiou['0.5']);
    expect(averageIoU(predicted, actual, 0.75)).toBe(authors.aiou['0.75']);
  });

  it('counts an IoU of exactly the threshold, in frames and in rounded seconds', () => {
    expect(averageIoU([[20, 40]], [[20, 60]], 0.5)).toBe(1);
    expect(averageIoU([[20, 23]], [[20, 24]], 0.75)).toBe(1);
    expect(intervalIoU([0.1, 0.3], [0.1, 0.5])).toBeLessThan(0.5); // rounded down
    expect(averageIoU([[0.1, 0.3]], [[0.1, 0.5]], 0.5)).toBe(1);
    expect(averageIoU([[20, 39]], [[20, 60]], 0.5)).toBe(0);
  });

  it('spans from the first to the last transition', () => {
    expect(averageIoU([Int32Array.of(10, 15, 30)], [[10, 25, 30]], 1)).toBe(1);
  });

  it('reports what it expected', () => {
    expect(() => averageIoU([[1, 2]], [[1, 2]], 0)).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'averageIoU: threshold must lie in (0, 1], got 0.'),
    );
    expect(() => averageIoU([[1]], [[1]], 0.5)).toThrow(
      new MetricsError(
        'ERR_MCORE_SHAPE',
        'averageIoU: clip 0 needs the same number of transitions on both sides, at least 2, got 1 and 1.',
      ),
    );
    expect(() => averageIoU([[1, 2]], [], 0.5)).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'averageIoU: predicted and actual must have the same length, got 1 and 0.'),
    );
  });
});

describe('stageIoU', () => {
  it('measures every stage', () => {
    // stages 0..20 20..60 60..100 against 0..10 10..60 60..100
    expect(stageIoU([20, 60], [10, 60], 100)).toEqual([10 / 20, 40 / 50, 1]);
    expect(stageIoU([50], Int32Array.of(25), 100)).toEqual([25 / 50, 50 / 75]);
  });

  it('is 1 for stages that are empty on both sides only', () => {
    expect(stageIoU([40, 40], [50, 50], 100)).toEqual([40 / 50, 1, 50 / 60]);
    expect(stageIoU([40, 40], [40, 50], 100)).toEqual([1, 0, 50 / 60]);
    expect(stageIoU([0, 50], [0, 50], 100)).toEqual([1, 1, 1]);
  });

  it('averages over clips of different lengths', () => {
    const [predicted, actual] = [
      [
        [20, 60],
        [10, 20],
      ],
      [
        [10, 60],
        [10, 20],
      ],
    ];
    expect(meanStageIoU(predicted!, actual!, [100, 50])).toEqual([0.75, 0.9, 1]);
    expect(meanStageIoU(predicted!, actual!, 100)).toEqual([0.75, 0.9, 1]);
  });

  it('reports what it expected', () => {
    expect(() => stageIoU([1], [1, 2], 96)).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'stageIoU: predicted and actual must have the same length, got 1 and 2.'),
    );
    expect(() => stageIoU([1], [1], 0)).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'stageIoU: length must be above 0, got 0.'),
    );
    expect(() => meanStageIoU([[1], [1, 2]], [[1], [1, 2]], 96)).toThrow(
      new MetricsError(
        'ERR_MCORE_SHAPE',
        'meanStageIoU: every clip must have 1 transitions like the first, clip 1 has 2.',
      ),
    );
    expect(() => meanStageIoU([[1]], [[1]], [96, 96])).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'meanStageIoU: predicted and length must have the same length, got 1 and 2.'),
    );
  });
});

describe('IoU over thresholds', () => {
  const actual = [
    [20, 60],
    [20, 60],
    [20, 60],
  ];
  // IoU 1, 0.75 and 0.5 with 20 .. 60
  const predicted = [
    [20, 60],
    [20, 50],
    [20, 40],
  ];

  it('equals AIoU at each threshold, closed form', () => {
    expect(averageIoUs(predicted, actual, Float32Array.of(0.5, 0.75, 1))).toEqual([1, 2 / 3, 1 / 3]);
    // thresholds 0.5 (3 hits), 0.55 .. 0.75 (2 hits each), 0.8 .. 0.95 (1 hit each)
    expect(meanAverageIoU(predicted, actual)).toBeCloseTo((3 + 5 * 2 + 4) / 30, 15);
    expect(averageIoUs(predicted, actual)).toHaveLength(10);
  });

  it("equals the authors' AIoU at 0.5 and 0.75", () => {
    const [p, q] = [authors.iou.map((golden) => golden.pred), authors.iou.map((golden) => golden.true)];
    expect(averageIoUs(p, q, [0.5, 0.75])).toEqual([authors.aiou['0.5'], authors.aiou['0.75']]);
  });

  it('distinguishes stages', () => {
    // first stages agree; second ones 1, 0.75, 0.5; third ones of 40 frames 1, 40/50 and 40/60
    expect(stageIoUShares(predicted, actual, 100, [0.5, 0.75, 1])).toEqual([
      [1, 1, 1],
      [1, 2 / 3, 2 / 3],
      [1, 1 / 3, 1 / 3],
    ]);
    expect(stageIoUShares([[5]], [Int32Array.of(5)], [10], [1])).toEqual([[1, 1]]);
  });

  it('reports what it expected', () => {
    expect(() => meanAverageIoU(predicted, actual, [])).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'meanAverageIoU: expected at least one threshold, got none.'),
    );
    expect(() => stageIoUShares(predicted, actual, 100, [0.5, 1.5])).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'stageIoUShares: thresholds must lie in (0, 1], got 1.5.'),
    );
    expect(() => stageIoUShares([[1], [1, 2]], [[1], [1, 2]], 10)).toThrow(
      new MetricsError(
        'ERR_MCORE_SHAPE',
        'stageIoUShares: every clip must have 1 transitions like the first, clip 1 has 2.',
      ),
    );
  });
});
