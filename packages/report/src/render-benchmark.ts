import { DataError } from '@mcore/errors';
import { dot, ruleX, ruleY, text } from '@observablehq/plot';
import type { BenchmarkReportData, BenchmarkReportRow, BenchmarkReportValue } from './benchmark-data.js';
import { formatDifference, formatInterval, formatNumber } from './format.js';
import { type Html, html } from './html.js';
import { page } from './page.js';
import { drawResponsive, figure } from './plot.js';
import { setupSection } from './setup-section.js';
import { table } from './table.js';

type Metric = BenchmarkReportData['metrics'][number];

/**
 * Renders one self-contained HTML page about a benchmark: a table with mean, deviation and interval of every method, a drawing of
 * every metric with one mark a training, and what the paired tests against the reference say.
 *
 * @param data - At least one row.
 * @returns The page as text, to be written as UTF-8. Equal data give equal text.
 * @throws {@link DataError} if a row has a metric that the table does not have, the reference is no row, or there is no row.
 */
export function renderBenchmark(data: BenchmarkReportData): string {
  check(data);
  return page({
    ...data,
    figures: null,
    sections: [
      ['Results', 'results', resultsSection(data)],
      ['Spread', 'spread', spreadSection(data)],
      ['Comparisons', 'comparisons', comparisonsSection(data)],
      ...setupSection(data),
    ],
  });
}

function check({ createdAt, metrics, rows, reference }: BenchmarkReportData): void {
  const wrong = (expected: string, got: string) =>
    new DataError(`renderBenchmark: ${expected}, got ${JSON.stringify(got)}.`);
  if (Number.isNaN(Date.parse(createdAt))) throw wrong('createdAt must be an ISO 8601 time', createdAt);
  if (!rows.some(({ id }) => id === reference)) throw wrong('reference must be the id of a row', reference);
  const keys = new Set(metrics.map(({ key }) => key));
  for (const { name, values } of rows) {
    const unknown = Object.keys(values).find((key) => !keys.has(key));
    if (unknown !== undefined) throw wrong(`the values of row "${name}" must have metrics of the table`, unknown);
  }
}

const groupNames = {
  model: 'Trained here',
  baseline: 'From the labels alone, without looking at a frame',
  published: 'Published by others, on other clips: not comparable line by line',
} as const;

function resultsSection({ metrics, rows, clips, reference }: BenchmarkReportData): Html {
  const trainings = Math.max(...rows.flatMap(({ values }) => Object.values(values).map(({ values }) => values.length)));
  const caption = html`Over ${clips} test clips. Mean over trainings ± their standard deviation (up to ${trainings} seeds); below, the bootstrap interval of the mean over the clips (95 %). The best mean of each column is in bold.`;
  const head = html`<tr><th scope="col">Method</th>${metrics.map(
    ({ label, better }) =>
      html`<th scope="col">${label}<small>${better === 'higher' ? 'higher is better' : 'lower is better'}</small></th>`,
  )}</tr>`;
  const best = new Map(metrics.map((metric) => [metric.key, bestMean(metric, rows)]));
  const bodies = (['model', 'baseline', 'published'] as const).flatMap((role) => {
    const group = rows.filter((row) => row.role === role);
    if (group.length === 0) return [];
    return [
      html`<tbody class="${role} plain"><tr><th scope="rowgroup" colspan="${metrics.length + 1}">${groupNames[role]}</th></tr>
${group.map(
  (row) =>
    html`<tr><th scope="row">${row.name}${row.id === reference && ' (reference)'}${row.note && html`<small>${row.note}</small>`}</th>${metrics.map(
      (metric) => resultCell(metric, row.values[metric.key], best.get(metric.key)),
    )}</tr>`,
)}</tbody>`,
    ];
  });
  return html`<section id="results"><h2>Results</h2>${table('results-caption', { caption, head, bodies })}</section>`;
}

function bestMean({ key, better }: Metric, rows: readonly BenchmarkReportRow[]): number | undefined {
  const means = rows.filter(({ role }) => role === 'model').flatMap(({ values }) => values[key]?.mean ?? []);
  const finite = means.filter(Number.isFinite);
  if (finite.length < 2) return undefined;
  return better === 'higher' ? Math.max(...finite) : Math.min(...finite);
}

function resultCell(metric: Metric, value: BenchmarkReportValue | undefined, best: number | undefined): Html {
  if (value === undefined || Number.isNaN(value.mean)) return html`<td>–</td>`;
  const { digits = 3, unit } = metric;
  const { mean, deviation, interval } = value;
  const number = formatNumber(mean, digits);
  return html`<td>${mean === best ? html`<strong>${number}</strong>` : number}${unit && ` ${unit}`}${
    deviation !== undefined && Number.isFinite(deviation) && ` ± ${formatNumber(deviation, digits)}`
  }${interval && html`<small>${formatInterval(interval, digits)}</small>`}</td>`;
}

function spreadSection(data: BenchmarkReportData): Html {
  const { metrics, rows } = data;
  return html`<section id="spread"><h2>Spread</h2>
<p>A ring is one training, the filled mark their mean, the line the bootstrap interval of the mean over the clips. Dashed: the best that labels alone give.</p>
${metrics.map((metric) => spreadFigure(metric, rows))}</section>`;
}

function spreadFigure(metric: Metric, rows: readonly BenchmarkReportRow[]): Html | null {
  const { key, label, better, digits = 3, unit } = metric;
  const shown = rows.filter(({ role, values }) => role === 'model' && Number.isFinite(values[key]?.mean));
  if (shown.length === 0) return null;
  const means = shown.map((row) => ({ row: row.name, ...row.values[key]! }));
  const single = means.flatMap(({ row, values }) => values.map((value) => ({ row, value })));
  const lines = means.flatMap(({ row, interval }) => (interval ? [{ row, low: interval[0], high: interval[1] }] : []));
  const baselines = rows
    .filter(({ role, values }) => role === 'baseline' && Number.isFinite(values[key]?.mean))
    .map(({ values }) => values[key]!.mean);
  const baseline =
    baselines.length === 0 ? [] : [better === 'higher' ? Math.max(...baselines) : Math.min(...baselines)];
  const description = `Dot plot of ${label} by method: ${means.map(({ row, mean }) => `${row} ${formatNumber(mean, digits)}`).join(', ')}.`;
  const drawing = drawResponsive(description, (width, narrow) => ({
    width,
    // on a phone a method's name stands above its line
    height: shown.length * (narrow ? 46 : 34) + 80,
    marginLeft: narrow ? 12 : 250,
    marginRight: 20,
    x: { label: unit ? `${label}, ${unit}` : label, grid: true, ticks: narrow ? 4 : 8, nice: true },
    y: { domain: means.map(({ row }) => row), label: null, axis: narrow ? null : 'left', tickSize: 0, padding: 0.5 },
    marks: [
      ruleX(baseline, { stroke: 'var(--muted)', strokeDasharray: '5 4' }),
      ruleY(lines, { y: 'row', x1: 'low', x2: 'high', stroke: 'var(--accent)', strokeWidth: 2, strokeOpacity: 0.6 }),
      dot(single, { x: 'value', y: 'row', r: 4, stroke: 'var(--ink)', strokeOpacity: 0.65 }),
      dot(means, { x: 'mean', y: 'row', r: 4.5, fill: 'var(--accent)' }),
      ...(narrow
        ? [
            text(means, {
              y: 'row',
              text: 'row',
              frameAnchor: 'left',
              textAnchor: 'start',
              dy: -15,
              fill: 'var(--ink)',
            }),
          ]
        : []),
    ],
  }));
  return figure(
    drawing,
    html`<strong>${label}:</strong> ${better === 'higher' ? 'higher is better' : 'lower is better'}.`,
  );
}

function comparisonsSection({ metrics, rows, reference }: BenchmarkReportData): Html | null {
  const others = rows.filter(({ values }) => Object.values(values).some(({ paired }) => paired));
  if (others.length === 0) return null;
  const name = rows.find(({ id }) => id === reference)!.name;
  const caption = html`${name} less the method of the row, on the same clips, with the 95 % interval of a paired bootstrap over clips and the one-sided p value of “${name} beats it”: near 0 where it does, near 1 where the other is better. Bold where the interval does not reach 0.`;
  const head = html`<tr><th scope="col">Against</th>${metrics.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr>`;
  const body = others.map(
    (row) =>
      html`<tr><th scope="row">${row.name}</th>${metrics.map((metric) => comparisonCell(metric, row.values[metric.key]))}</tr>`,
  );
  return html`<section id="comparisons"><h2>Comparisons</h2>${table('comparisons-caption', {
    caption,
    head,
    bodies: html`<tbody>${body}</tbody>`,
  })}</section>`;
}

function comparisonCell({ digits = 3 }: Metric, value: BenchmarkReportValue | undefined): Html {
  if (!value?.paired || Number.isNaN(value.paired.difference)) return html`<td>–</td>`;
  const { difference, interval, p } = value.paired;
  const number = formatDifference(difference, digits);
  const isClear = interval[0] > 0 || interval[1] < 0;
  const chance = p < 0.001 ? 'p < 0.001' : `p ${formatNumber(p, 3)}`;
  return html`<td>${isClear ? html`<strong>${number}</strong>` : number}<small>${formatInterval(interval, digits)}</small><small>${chance}</small></td>`;
}
