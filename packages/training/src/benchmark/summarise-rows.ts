import { bootstrapInterval, type PairedBootstrap, pairedBootstrap, spearman } from '@mcore/metrics';
import { intervalHit, relativeL2x100Over } from '../predictions/clip-metrics.js';
import { type BenchmarkRow, COMPLETE } from './rows.js';
import type { RowResult } from './run-row.js';

/** A figure of a row: one value a seed, and what they say together. */
interface RowFigure {
  /** One value a seed. */
  values: number[];
  mean: number;
  /** Standard deviation over seeds (n - 1); NaN for a single seed. */
  deviation: number;
  /** Bootstrap 95 % interval over clips, of the mean over seeds. */
  interval: [number, number];
  /** "The complete method beats this row" on the same clips, R-l2 with its sign turned; absent for the complete method itself. */
  paired?: PairedBootstrap;
}

/** Names of the figures, in the order of the table. */
const FIGURES = ['srcc', 'rl2x100', 'aiou50', 'aiou75'] as const;

/** One of {@link FIGURES}. */
type FigureName = (typeof FIGURES)[number];

/** A line of the table. */
export interface SummaryRow {
  id: string;
  title: string;
  /** How transitions were decoded; `null` for labels only. */
  decoding: string | null;
  seeds: number;
  figures: Record<FigureName, RowFigure>;
}

/** What one clip was given with every seed. */
interface SeededPrediction {
  scores: number[];
  transitions: (readonly number[])[];
}

interface Truth {
  score: number;
  transitions: readonly number[];
}

type Metric = (predicted: readonly SeededPrediction[], actual: readonly Truth[], seed: number) => number;

/** Higher is better for all but R-l2, whose sign is turned for the paired test. */
const HIGHER_IS_BETTER: Record<FigureName, boolean> = { srcc: true, rl2x100: false, aiou50: true, aiou75: true };

/** A row of results: every seed that was done. */
interface Line {
  id: string;
  title: string;
  decoding: string | null;
  predictions: SeededPrediction[];
}

/**
 * Puts the results of all seeds together: for each line mean and deviation over seeds, an interval over clips, and a paired
 * bootstrap against the complete method with ordered decoding. Rows without a result are left out.
 *
 * @param resamples - Of every bootstrap.
 */
export function summariseRows(
  rows: readonly BenchmarkRow[],
  results: readonly RowResult[],
  resamples = 2000,
): SummaryRow[] {
  const [first] = results;
  if (!first) return [];
  const truths = first.tests[0]!.clips.map(({ trueScore, trueTransitions }): Truth => {
    return { score: trueScore, transitions: trueTransitions };
  });
  const metrics = metricsOver(truths);
  const lines = rows.flatMap((row) =>
    linesOf(
      row,
      results.filter((result) => result.row === row.id),
    ),
  );
  const complete = lines.find(({ id, decoding }) => id === COMPLETE && decoding === 'ordered');
  return [labelLine(first), ...lines].map((line) => ({
    id: line.id,
    title: line.title,
    decoding: line.decoding,
    seeds: line.predictions[0]!.scores.length,
    figures: Object.fromEntries(
      FIGURES.map((name) => [name, figureOf(name, line, complete, truths, metrics[name], resamples)]),
    ) as Record<FigureName, RowFigure>,
  }));
}

function linesOf(row: BenchmarkRow, done: readonly RowResult[]): Line[] {
  if (done.length === 0) return [];
  return row.decodings.map((decoding) => {
    const tests = done.map(({ tests }) => tests.find((test) => test.decoding === decoding)!.clips);
    const predictions = tests[0]!.map(
      (_, clip): SeededPrediction => ({
        scores: tests.map((clips) => clips[clip]!.predictedScore),
        transitions: tests.map((clips) => clips[clip]!.predictedTransitions),
      }),
    );
    return { id: row.id, title: row.title, decoding, predictions };
  });
}

/** What training labels alone give: the dive number's mean score and median transitions. */
function labelLine({ tests }: RowResult): Line {
  const predictions = tests[0]!.clips.map(({ labelOnly }) => ({
    scores: [labelOnly.score],
    transitions: [labelOnly.transitions],
  }));
  return { id: 'labels', title: 'Labels only, of the dive number', decoding: null, predictions };
}

function figureOf(
  name: FigureName,
  line: Line,
  complete: Line | undefined,
  truths: readonly Truth[],
  metric: Metric,
  resamples: number,
): RowFigure {
  const seedsOf = (predicted: readonly SeededPrediction[]) => predicted[0]!.scores.map((_, seed) => seed);
  const overSeeds = (predicted: readonly SeededPrediction[], actual: readonly Truth[]) =>
    mean(seedsOf(predicted).map((seed) => metric(predicted, actual, seed)));
  const values = seedsOf(line.predictions).map((seed) => metric(line.predictions, truths, seed));
  const options = { resamples, seed: 0 };
  const figure: RowFigure = {
    values,
    mean: mean(values),
    deviation: deviation(values),
    interval: bootstrapInterval(overSeeds, line.predictions, truths, options),
  };
  if (!complete || line === complete) return figure;
  const sign = HIGHER_IS_BETTER[name] ? 1 : -1;
  const better = (predicted: SeededPrediction[], actual: Truth[]) => sign * overSeeds(predicted, actual);
  return { ...figure, paired: pairedBootstrap(better, complete.predictions, line.predictions, truths, options) };
}

/** Every metric of one seed; NaN where the clips leave it undefined. */
function metricsOver(truths: readonly Truth[]): Record<FigureName, Metric> {
  const relativeL2x100 = relativeL2x100Over(truths.map(({ score }) => score));
  const onScores =
    (metric: (predicted: number[], actual: number[]) => number): Metric =>
    (predicted, actual, seed) =>
      metric(
        predicted.map(({ scores }) => scores[seed]!),
        actual.map(({ score }) => score),
      );
  const onTransitions =
    (threshold: number): Metric =>
    (predicted, actual, seed) =>
      mean(
        predicted.map(({ transitions }, clip) => intervalHit(transitions[seed]!, actual[clip]!.transitions, threshold)),
      );
  return {
    srcc: onScores(spearman),
    rl2x100: onScores(relativeL2x100),
    aiou50: onTransitions(0.5),
    aiou75: onTransitions(0.75),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}
