import { type CueReading, cues } from '@mcore/rendered-dives';
import type { BreakdownRow } from '../predictions/breakdown.js';
import type { Comparison, MetricComparison } from '../predictions/compare.js';
import { fixed, signed, withDeviation } from '../predictions/numbers.js';
import { textTable } from './text-table.js';

/** A breakdown as a table. */
export function breakdownTable(heading: string, rows: readonly BreakdownRow[]): string {
  return textTable([
    [heading, 'clips', 'SRCC', 'mean error', 'bias', 'AIoU@0.5', 'AIoU@0.75'],
    ...rows.map((row) => [
      row.group,
      String(row.clips),
      fixed(row.srcc, 3),
      row.meanAbsoluteError.toFixed(2),
      signed(row.bias, 2),
      fixed(row.aiou50, 1),
      fixed(row.aiou75, 1),
    ]),
  ]);
}

/** A comparison as a table, with what the columns mean below. */
export function comparisonTable(comparison: Comparison, names: { a: string; b: string }): string {
  const withSpread = (value: number, deviation: number | undefined, digits: number) =>
    deviation === undefined || Number.isNaN(value)
      ? fixed(value, digits)
      : withDeviation({ mean: value, deviation }, digits);
  const row = (name: string, { a, b, difference, interval, p, deviations }: MetricComparison, digits: number) => [
    name,
    withSpread(a, deviations?.a, digits),
    withSpread(b, deviations?.b, digits),
    signed(difference, digits),
    Number.isNaN(interval[0]) ? '-' : `[${interval.map((bound) => signed(bound, digits)).join(', ')}]`,
    p < 0.001 ? '< 0.001' : fixed(p, 3),
  ];
  return [
    `A: ${names.a}`,
    `B: ${names.b}`,
    '',
    textTable([
      ['', 'A', 'B', 'A - B', '95 % interval', 'p (A beats B)'],
      row('SRCC', comparison.srcc, 3),
      row('R-l2 x100', comparison.rl2x100, 3),
      row('mean error', comparison.meanAbsoluteError, 2),
      row('AIoU@0.5', comparison.aiou50, 1),
      row('AIoU@0.75', comparison.aiou75, 1),
    ]),
    '',
    `${comparison.runs ? `Means of ${comparison.runs.a} and ${comparison.runs.b} runs ± their deviation. ` : ''}Paired bootstrap over ${comparison.clips} clips. p is one-sided: near 0 where A is better, near 1 where B is.`,
  ].join('\n');
}

/** What the scores follow, the model's beside the judges'. */
export function cueTable({ model, judges }: { model: CueReading; judges: CueReading }): string {
  const row = (name: string, cell: (reading: CueReading) => string) => [name, cell(model), cell(judges)];
  return [
    textTable([
      ['points of execution', 'MCoRe', 'judges'],
      ...cues.map((cue) => row(`for each point of ${cue}`, (reading) => signed(reading.cues[cue], 2))),
      row('for each usual one of the dive number', ({ usual }) => signed(usual, 2)),
      row('explained by none of these (deviation)', ({ unexplained }) => unexplained.toFixed(2)),
    ]),
    '',
    'Least squares on what was drawn of every clip. A cue whose weight is near 0 is not read.',
  ].join('\n');
}
