import type { MergedResults } from '@mcore/tasks';
import { benchmarkMarkdown, insertMeasured } from './page.js';
import { benchmarkRows } from './rows.js';
import type { BenchmarkSettings, RowResult } from './run-row.js';
import { type SummaryRow, summariseRows } from './summarise-rows.js';

/** What the results of a benchmark make together, of one machine or merged from several. */
export interface MergedBenchmark {
  kind: 'benchmark';
  settings: BenchmarkSettings;
  /** Trainings done and in all. */
  done: number;
  count: number;
  rows: SummaryRow[];
}

/**
 * Puts the results of trainings together.
 *
 * @returns The tables as `json`, and `page`: a Markdown page with the tables in place of those that it has.
 */
export function mergeBenchmark(merged: MergedResults<RowResult>): {
  json: MergedBenchmark;
  page: (before: string | undefined) => string;
} {
  const settings = merged.settings as unknown as BenchmarkSettings;
  const { preset, steps, trainClips, validationClips, split, source } = settings;
  const results = merged.finished.map(({ result }) => result);
  const rows = summariseRows(benchmarkRows, results);
  const counts = { done: merged.finished.length, count: merged.count };
  const about = {
    ...{ source, ...counts },
    testClips: results[0]!.tests[0]!.clips.length,
    command: `mcore benchmark --preset ${preset} --steps ${steps} --validation-clips ${validationClips}${split ? ` --split ${split}` : ''}`,
    training: `Preset ${preset}, ${steps} steps a training, from random weights; ${trainClips ?? 'all'} training clips but ${validationClips} or more for validation, which chooses the checkpoint.`,
  };
  return {
    json: { kind: 'benchmark', settings, ...counts, rows },
    page: (before) => insertMeasured(before, benchmarkMarkdown(rows, about)),
  };
}
