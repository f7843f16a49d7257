import { DataError } from '@mcore/errors';
import { renderBenchmark } from '@mcore/report';
import { describe, expect, it } from 'vitest';
import { type BenchmarkJson, benchmarkReport } from './benchmark-report.js';

const paired = (difference: number, low: number, high: number, p: number) => ({
  paired: { difference, interval: [low, high] as [number, number], p },
});
const json: BenchmarkJson = {
  kind: 'benchmark',
  settings: { preset: 'laptop', steps: 400, trainClips: null, testClips: null, source: 'rendered dives (seed 0)' },
  done: 3,
  count: 4,
  rows: [
    {
      id: 'labels',
      title: 'Labels only',
      decoding: null,
      seeds: 1,
      figures: {
        srcc: {
          values: [0.588],
          mean: 0.588,
          deviation: null,
          interval: [0.53, 0.63],
          ...paired(0.3, 0.2, 0.4, 0.0005),
        },
      },
    },
    {
      id: 'without-gsm',
      title: 'MCoRe without gate shifts',
      decoding: 'ordered',
      seeds: 1,
      figures: {
        srcc: {
          values: [null],
          mean: null,
          deviation: null,
          interval: [null, null],
          ...paired(0.02, -0.01, 0.05, 0.1),
        },
        // more is better: the complete method's is lower by 0.1
        rl2x100: { values: [0.5], mean: 0.5, deviation: null, interval: [0.4, 0.6], ...paired(0.1, 0.05, 0.16, 0.01) },
      },
    },
    {
      id: 'complete',
      title: 'MCoRe',
      decoding: 'ordered',
      seeds: 2,
      figures: {
        srcc: { values: [0.9, 0.92], mean: 0.91, deviation: 0.0141, interval: [0.89, 0.93] },
        rl2x100: { values: [0.4, 0.4], mean: 0.4, deviation: 0, interval: [0.3, 0.5] },
      },
    },
  ],
};

describe('benchmarkReport', () => {
  const report = benchmarkReport(JSON.parse(JSON.stringify(json)), 'b.json', new Date('2026-03-01T12:00:00Z'));

  it('has the rows with the row that is compared with none as reference', () => {
    expect(report.reference).toBe('complete ordered');
    expect(report.rows.map(({ role }) => role)).toEqual(['baseline', 'model', 'model']);
    expect(report.rows[2]!.values.srcc).toEqual({
      mean: 0.91,
      deviation: 0.0141,
      values: [0.9, 0.92],
      interval: [0.89, 0.93],
    });
    expect(report.notes).toEqual(['Only 3 of 4 trainings are done: rows have fewer seeds than they will.']);
  });

  it('turns differences into the direction of the metric, and nulls into no number', () => {
    const { srcc, rl2x100 } = report.rows[1]!.values;
    expect(rl2x100!.paired).toEqual({ difference: -0.1, interval: [-0.16, -0.05], p: 0.01 });
    expect(srcc!.mean).toBeNaN();
    expect(renderBenchmark(report)).toContain('without gate shifts');
  });

  it('refuses other JSON', () => {
    expect(() => benchmarkReport({ kind: 'eval' }, 'b.json', new Date())).toThrow(
      new DataError('expected what mcore benchmark --json prints in b.json, got {"kind":"eval"}.'),
    );
  });
});
