import { formatInterval, formatNumber, formatShare } from './format.js';
import { type Html, html } from './html.js';
import type { ReportData, SummaryTable, SummaryValue } from './report-data.js';
import { table } from './table.js';

type Metric = SummaryTable['metrics'][number];
type Row = SummaryTable['rows'][number];

/** The metrics of the first model in large figures. */
export function keyFigures({ summary }: ReportData): Html | null {
  const model = summary.rows.find(({ role }) => role === 'model');
  if (model === undefined) return null;
  const baseline = summary.rows.find(({ role }) => role === 'baseline');
  return html`<dl class="figures">${summary.metrics.map((metric) => keyFigure(metric, model, summary.rows, baseline))}</dl>`;
}

function keyFigure(metric: Metric, model: Row, rows: readonly Row[], baseline: Row | undefined): Html | null {
  const value = model.values[metric.key];
  if (!isDefined(value)) return null;
  const best = bestBaseline(metric, rows) ?? baseline?.values[metric.key]?.value;
  const digits = digitsOf(metric);
  return html`<div><dt>${metric.label}</dt>
<dd><strong>${formatNumber(value.value, digits)}</strong>${unitOf(metric)}
${value.interval && html`<span>${formatInterval(value.interval, digits)}</span>`}
${best !== undefined && html`<span>labels only: ${formatNumber(best, digits)}${unitOf(metric)}</span>`}</dd></div>`;
}

/** The strongest of the baselines: the one to beat. */
function bestBaseline({ key, better }: Metric, rows: readonly Row[]): number | undefined {
  const values = rows
    .filter(({ role }) => role === 'baseline')
    .map(({ values }) => values[key]?.value)
    .filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  if (values.length === 0) return undefined;
  return better === 'higher' ? Math.max(...values) : Math.min(...values);
}

export function summarySection({ summary }: ReportData): Html {
  const groups = (['model', 'baseline', 'published'] as const).map((role) => ({
    role,
    rows: summary.rows.filter((row) => row.role === role),
  }));
  const level =
    summary.rows.flatMap(({ values }) => Object.values(values)).find(({ interval }) => interval)?.level ?? 0.95;
  const caption = html`Over ${summary.clips} clips. Ranges are bootstrap intervals over the clips (${formatShare(level)}); ± is a standard deviation.`;
  const head = html`<tr><th scope="col">Method</th>${summary.metrics.map(heading)}</tr>`;
  const bodies = groups
    .filter(({ rows }) => rows.length > 0)
    .map(({ role, rows }) => group(role, rows, summary.metrics));
  return html`<section id="summary"><h2>Results</h2>${table('results-caption', { caption, head, bodies }, 'stack')}</section>`;
}

const groupNames = {
  model: 'This run',
  baseline: 'From the labels alone, without looking at a frame',
  published: 'Published by others, on other clips: not comparable line by line',
} as const;

function group(role: Row['role'], rows: readonly Row[], metrics: readonly Metric[]): Html {
  return html`<tbody class="${role}"><tr><th scope="rowgroup" colspan="${metrics.length + 1}">${groupNames[role]}</th></tr>
${rows.map(
  (row) =>
    html`<tr><th scope="row">${row.name}${row.note && html`<small>${row.note}</small>`}</th>${metrics.map((metric) =>
      cell(metric, row.values[metric.key]),
    )}</tr>`,
)}</tbody>`;
}

function heading(metric: Metric): Html {
  const direction = metric.better === 'higher' ? 'higher is better' : 'lower is better';
  const note = metric.explanation === undefined ? direction : `${metric.explanation}; ${direction}`;
  return html`<th scope="col">${metric.label}<small>${note}</small></th>`;
}

function cell(metric: Metric, value: SummaryValue | undefined): Html {
  if (!isDefined(value)) return html`<td data-metric="${metric.label}">–</td>`;
  const digits = digitsOf(metric);
  return html`<td data-metric="${metric.label}">${formatNumber(value.value, digits)}${unitOf(metric)}${
    value.deviation !== undefined ? ` ± ${formatNumber(value.deviation, digits)}` : null
  }${value.interval && html`<small>${formatInterval(value.interval, digits)}</small>`}</td>`;
}

/** A metric that is not defined on the clips, such as a correlation of equal scores, counts as missing. */
function isDefined(value: SummaryValue | undefined): value is SummaryValue {
  return value !== undefined && !Number.isNaN(value.value);
}

function digitsOf({ digits = 3 }: Metric): number {
  return digits;
}

function unitOf({ unit }: Metric): string {
  return unit === undefined ? '' : ` ${unit}`;
}
