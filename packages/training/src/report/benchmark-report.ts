import { DataError } from '@mcore/errors';
import type { BenchmarkReportData, BenchmarkReportRow, BenchmarkReportValue } from '@mcore/report';
import { fromNumber } from './from-json.js';
import { REPORT_METRICS } from './report-metrics.js';

/** What `mcore benchmark --json` prints, as far as its page needs it; NaN is null in JSON. */
export interface BenchmarkJson {
  kind: 'benchmark';
  settings: Record<string, unknown> & { source: string; kind?: string };
  /** Trainings done, and asked for. */
  done: number;
  count: number;
  rows: BenchmarkJsonRow[];
}

interface BenchmarkJsonRow {
  id: string;
  title: string;
  decoding: string | null;
  seeds: number;
  figures: Record<string, BenchmarkJsonFigure>;
}

interface BenchmarkJsonFigure {
  values: (number | null)[];
  mean: number | null;
  deviation: number | null;
  interval: [number | null, number | null];
  /** In the direction in which more is better. */
  paired?: { difference: number | null; interval: [number | null, number | null]; p: number | null };
}

/**
 * The page of a benchmark from its JSON.
 *
 * @throws {@link DataError} if it is no such JSON.
 */
export function benchmarkReport(json: unknown, name: string, createdAt: Date): BenchmarkReportData {
  const { settings, done, count, rows } = checked(json, name);
  // the complete method is the one that the others were compared with
  const reference = rows.find(({ seeds, figures }) => seeds > 0 && figures.srcc !== undefined && !figures.srcc.paired);
  if (!reference) throw new DataError(`expected a row that the others are compared with in ${name}, got none.`);
  const { source, kind, ...configuration } = settings;
  return {
    title: 'Benchmark',
    description: `What the parts of MCoRe are worth: ${rows.length} lines from ${done} of ${count} trainings, all tested on the same clips.`,
    createdAt: createdAt.toISOString(),
    source: { description: source, rendered: kind === 'rendered' },
    clips: Number(settings.testClips ?? 749),
    metrics: REPORT_METRICS,
    rows: rows.map(reportRow),
    reference: rowId(reference),
    notes: done < count ? [`Only ${done} of ${count} trainings are done: rows have fewer seeds than they will.`] : [],
    configuration,
    reproduce: { commands: ['mcore benchmark --json > benchmark.json', 'mcore report benchmark.json'] },
  };
}

function reportRow(row: BenchmarkJsonRow): BenchmarkReportRow {
  const values = REPORT_METRICS.flatMap((metric) => {
    const figure = row.figures[metric.key];
    return figure ? [[metric.key, reportValue(metric, figure)] as const] : [];
  });
  return {
    id: rowId(row),
    name: row.decoding === 'windowed' ? `${row.title}, windowed` : row.title,
    role: row.decoding === null ? 'baseline' : 'model',
    note:
      row.decoding === null
        ? 'mean score and median transitions of training'
        : `${row.seeds} seeds, ${row.decoding} decoding`,
    values: Object.fromEntries(values),
  };
}

function reportValue({ better }: (typeof REPORT_METRICS)[number], figure: BenchmarkJsonFigure): BenchmarkReportValue {
  const sign = better === 'higher' ? 1 : -1;
  const { paired } = figure;
  const [low, high] = (paired?.interval ?? [null, null]).map((bound) => sign * fromNumber(bound)) as [number, number];
  return {
    mean: fromNumber(figure.mean),
    values: figure.values.map(fromNumber),
    ...(figure.deviation === null ? {} : { deviation: figure.deviation }),
    interval: [fromNumber(figure.interval[0]), fromNumber(figure.interval[1])],
    ...(paired
      ? {
          paired: {
            difference: sign * fromNumber(paired.difference),
            interval: sign === 1 ? [low, high] : [high, low],
            p: fromNumber(paired.p),
          },
        }
      : {}),
  };
}

/** A row is tested with several decodings, which are lines of their own. */
function rowId({ id, decoding }: BenchmarkJsonRow): string {
  return decoding === null ? id : `${id} ${decoding}`;
}

function checked(json: unknown, name: string): BenchmarkJson {
  const { kind, rows, settings } = (json ?? {}) as Partial<BenchmarkJson>;
  if (kind !== 'benchmark' || !Array.isArray(rows) || rows.length === 0 || typeof settings?.source !== 'string') {
    throw new DataError(
      `expected what mcore benchmark --json prints in ${name}, got ${JSON.stringify(json)?.slice(0, 60)}.`,
    );
  }
  return json as BenchmarkJson;
}
