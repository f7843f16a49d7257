import { bounds, withDeviation } from '../predictions/numbers.js';
import type { SummaryRow } from './summarise-rows.js';

const START = '<!-- measured: made by mcore benchmark -->';
const END = '<!-- end of measured -->';

const DIGITS = { srcc: 3, rl2x100: 3, aiou50: 1, aiou75: 1 } as const;

/** What stands above the tables. */
interface PageAbout {
  /** The clips and how many of them are tested. */
  source: string;
  testClips: number;
  /** Words of the command that gives the tables again. */
  command: string;
  /** Settings of every training. */
  training: string;
  /** Trainings done and in all. */
  done: number;
  count: number;
}

/** The tables in Markdown: figures with deviation and interval, and each row against the complete method. */
export function benchmarkMarkdown(rows: readonly SummaryRow[], about: PageAbout): string {
  const unfinished = about.done < about.count ? ` **${about.done} of ${about.count} trainings are done.**` : '';
  return [
    `${about.testClips} test clips of ${about.source}. ${about.training}${unfinished}`,
    '',
    '```sh',
    about.command,
    '```',
    '',
    'Mean over seeds, its deviation over seeds after ±, and in brackets the bootstrap 95 % interval over clips.',
    '',
    '| | decoding | seeds | SRCC | R-l2 x100 | AIoU@0.5 | AIoU@0.75 |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${[row.title, row.decoding ?? '-', row.seeds, ...figureCells(row)].join(' | ')} |`),
    '',
    'The complete method (losses as released, ordered decoding) against each row, clip by clip: how much better it is, the bootstrap 95 %',
    'interval of that difference, and the one-sided p of "the complete method is better".',
    '',
    '| against | decoding | SRCC | R-l2 x100 | AIoU@0.5 | AIoU@0.75 |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows
      .filter(({ figures }) => figures.srcc.paired)
      .map((row) => `| ${[row.title, row.decoding ?? '-', ...pairedCells(row)].join(' | ')} |`),
  ].join('\n');
}

/** The page with its generated part replaced, or the part alone where there is no page yet. */
export function insertMeasured(page: string | undefined, measured: string): string {
  const part = `${START}\n${measured}\n${END}`;
  if (page === undefined) return `${part}\n`;
  const [before, rest] = page.split(START);
  const after = rest?.split(END)[1];
  return after === undefined ? `${page.trimEnd()}\n\n${part}\n` : `${before}${part}${after}`;
}

function figureCells({ figures }: SummaryRow): string[] {
  return Object.entries(DIGITS).map(([name, digits]) => {
    const figure = figures[name as keyof typeof DIGITS];
    if (Number.isNaN(figure.mean)) return '-';
    return `${withDeviation(figure, digits)} ${bounds(figure.interval, digits)}`;
  });
}

function pairedCells({ figures }: SummaryRow): string[] {
  return Object.entries(DIGITS).map(([name, digits]) => {
    const { difference, interval, p } = figures[name as keyof typeof DIGITS].paired!;
    if (Number.isNaN(difference)) return '-';
    const sign = difference > 0 ? '+' : '';
    return `${sign}${difference.toFixed(digits)} ${bounds(interval, digits)}, p ${p < 0.001 ? '< 0.001' : p.toFixed(3)}`;
  });
}
