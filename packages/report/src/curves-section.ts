import { areaY, dot, lineY, type Markish, ruleY, text } from '@observablehq/plot';
import { formatInterval, formatNumber } from './format.js';
import { type Html, html } from './html.js';
import { drawPlot, drawResponsive, figure, HALF } from './plot.js';
import type { ReportData, TrainingHistory } from './report-data.js';
import { thin } from './thin.js';

/** Stretches a loss curve is thinned to. */
const STRETCHES = 120;

const losses = [
  ['total', 'Total loss', 'sum of the three below'],
  ['aqa', 'Score loss', 'squared error of the relative scores (aqa)'],
  ['ce', 'Segmentation loss', 'cross-entropy of the transitions (ce)'],
  ['contrastive', 'Contrastive loss', 'stage contrastive loss'],
] as const;

export function curvesSection({ history }: ReportData): Html | null {
  if (history === undefined) return null;
  return html`<section id="training"><h2>Training</h2>
${history.validation.length > 0 && validationFigure(history)}
${thinNote(history)}<div class="grid">${losses.map(([key, name, explanation]) => lossFigure(history, key, name, explanation))}</div></section>`;
}

function thinNote({ losses }: TrainingHistory): Html | null {
  const size = Math.ceil(losses.length / STRETCHES);
  return size < 2
    ? null
    : html`<p>Losses over ${losses.length} steps; line and band are mean and range of ${size} steps.</p>`;
}

function validationFigure({ validation, baselineSrcc }: TrainingHistory): Html {
  const last = validation.at(-1)!;
  const best = validation.reduce((a, b) => (b.srcc > a.srcc ? b : a));
  const withInterval = validation.filter(({ interval }) => interval !== undefined);
  const marks: Markish[] = [
    areaY(withInterval, {
      x: 'step',
      y1: (d) => d.interval[0],
      y2: (d) => d.interval[1],
      fill: 'var(--accent)',
      fillOpacity: 0.15,
    }),
    lineY(validation, { x: 'step', y: 'srcc', stroke: 'var(--accent)', strokeWidth: 2 }),
    dot(validation, { x: 'step', y: 'srcc', fill: 'var(--accent)', r: 3 }),
  ];
  if (baselineSrcc !== undefined) {
    marks.push(ruleY([baselineSrcc], { stroke: 'var(--muted)', strokeDasharray: '5 4' }));
    marks.push(
      // beside the plot, where no curve can run through it
      text(['labels only'], {
        y: baselineSrcc,
        frameAnchor: 'right',
        dx: 6,
        textAnchor: 'start',
        fill: 'var(--muted)',
      }),
    );
  }
  const label = `Line chart: validation SRCC goes from ${formatNumber(validation[0]!.srcc, 3)} at step ${validation[0]!.step} to ${formatNumber(last.srcc, 3)} at step ${last.step}.`;
  const drawing = drawResponsive(label, (width, narrow) => ({
    width,
    height: narrow ? 240 : 320,
    marginLeft: 44,
    marginRight: baselineSrcc === undefined ? 20 : 72,
    x: { label: 'step', ticks: narrow ? 4 : 8 },
    y: { label: 'SRCC', grid: true, ticks: 5, domain: srccDomain(validation, baselineSrcc) },
    marks,
  }));
  const caption = html`<strong>Rank correlation on the validation clips.</strong> Last: ${formatNumber(last.srcc, 3)}${
    last.interval && ` (${formatInterval(last.interval, 3)})`
  } at step ${last.step}; best: ${formatNumber(best.srcc, 3)} at step ${best.step}. ${
    withInterval.length > 0 && 'The band is the bootstrap interval.'
  } ${baselineSrcc !== undefined && 'Dashed: the mean training score of the dive number.'}`;
  return figure(drawing, caption);
}

/** The whole range of a rank correlation, from 0 unless some are negative, so that small differences look small. */
function srccDomain(validation: TrainingHistory['validation'], baselineSrcc = 0): [number, number] {
  const values = validation.flatMap(({ srcc, interval = [] }) => [srcc, ...interval]);
  return [Math.floor(Math.min(0, baselineSrcc, ...values.filter(Number.isFinite)) * 10) / 10, 1];
}

function lossFigure(
  { losses }: TrainingHistory,
  key: 'total' | 'aqa' | 'ce' | 'contrastive',
  name: string,
  explanation: string,
): Html | null {
  const points = losses.flatMap((entry): [number, number][] => {
    const value = entry[key];
    return value === undefined || !Number.isFinite(value) ? [] : [[entry.step, value]];
  });
  if (points.length === 0) return null;
  const stretches = thin(points, STRETCHES);
  const [first, last] = [stretches[0]!, stretches.at(-1)!];
  const label = `Line chart: ${name.toLowerCase()} goes from ${formatNumber(first.mean, 3)} to ${formatNumber(last.mean, 3)}.`;
  const drawing = drawPlot(label, {
    width: HALF,
    height: 200,
    marginLeft: 44,
    x: { label: 'step', ticks: 4 },
    y: { label: null, grid: true, ticks: 4, zero: true },
    marks: [
      areaY(stretches, { x: 'x', y1: 'low', y2: 'high', fill: 'var(--accent)', fillOpacity: 0.18 }),
      lineY(stretches, { x: 'x', y: 'mean', stroke: 'var(--accent)', strokeWidth: 1.6 }),
    ],
  });
  return figure(drawing, html`<strong>${name}:</strong> ${explanation}.`);
}
