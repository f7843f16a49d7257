import type { BenchmarkReportData, BenchmarkReportRow, BenchmarkReportValue } from '@mcore/report';

/** A benchmark for tests and for looking at the page: made-up numbers of a realistic kind, the same every time. */
export function madeUpBenchmark(): BenchmarkReportData {
  const row = (
    id: string,
    name: string,
    srcc: number,
    rl2: number,
    aiou50: number,
    aiou75: number,
  ): BenchmarkReportRow => ({
    id,
    name,
    role: 'model',
    note: '3 seeds, ordered decoding',
    values: {
      srcc: value(srcc, 0.006, id === 'complete' ? undefined : 0.912 - srcc),
      rl2x100: value(rl2, 0.02, id === 'complete' ? undefined : 0.41 - rl2),
      aiou50: value(aiou50, 0.4, id === 'complete' ? undefined : 98.4 - aiou50),
      aiou75: value(aiou75, 1.2, id === 'complete' ? undefined : 81.2 - aiou75),
    },
  });
  return {
    title: 'Benchmark',
    description: 'Made-up numbers: what the parts of MCoRe are worth, three seeds each.',
    createdAt: '2026-03-01T12:30:00Z',
    source: { description: 'rendered dives, seed 0', rendered: true },
    clips: 749,
    metrics: [
      { key: 'srcc', label: 'SRCC', explanation: 'rank correlation with the judges', better: 'higher' },
      { key: 'rl2x100', label: 'R-l2 x 100', better: 'lower' },
      { key: 'aiou50', label: 'AIoU@0.5', better: 'higher', digits: 1, unit: '%' },
      { key: 'aiou75', label: 'AIoU@0.75', better: 'higher', digits: 1, unit: '%' },
    ],
    rows: [
      {
        id: 'labels',
        name: 'Labels only, of the dive number',
        role: 'baseline',
        values: {
          srcc: { mean: 0.588, values: [0.588], interval: [0.53, 0.63] },
          aiou75: { mean: 43.4, values: [43.4], interval: [40, 47] },
        },
      },
      row('exemplar-free', 'Regression without exemplars', 0.861, 0.63, 97.9, 80.1),
      row('without-contrast', 'MCoRe without L_cont', 0.909, 0.42, 98.1, 80.4),
      row('complete', 'MCoRe, losses as released', 0.912, 0.41, 98.4, 81.2),
      row('paper-losses', 'MCoRe, losses of the paper', 0.914, 0.405, 95.2, 71.6),
    ],
    reference: 'complete',
    notes: ['These numbers are made up.'],
    configuration: { preset: 'laptop', steps: 400 },
    reproduce: { commands: ['mcore benchmark --json > benchmark.json', 'mcore report benchmark.json'] },
  };
}

function value(mean: number, spread: number, difference: number | undefined): BenchmarkReportValue {
  return {
    mean,
    deviation: spread,
    values: [mean - spread, mean + 0.2 * spread, mean + 0.8 * spread],
    interval: [mean - 2 * spread, mean + 2 * spread],
    ...(difference === undefined
      ? {}
      : {
          paired: {
            difference,
            interval: [difference - 2 * spread, difference + 2 * spread],
            p: difference > 0 ? 0.0005 : 0.71,
          },
        }),
  };
}
