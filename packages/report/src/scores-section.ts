import { dot, line, link, ruleX, tickX } from '@observablehq/plot';
import { scoreError } from './choose-clips.js';
import { formatDifference, formatNumber, formatShare } from './format.js';
import { type Html, html } from './html.js';
import { drawResponsive, figure } from './plot.js';
import type { ClipPrediction, ReportData } from './report-data.js';

export function scoresSection({ predictions }: ReportData): Html | null {
  if (predictions.length === 0) return null;
  return html`<section id="scores"><h2>Scores</h2>${scatterFigure(predictions)}${diveFigure(predictions)}</section>`;
}

function scatterFigure(clips: readonly ClipPrediction[]): Html {
  const withInterval = clips.filter(({ interval }) => interval !== undefined);
  const values = clips.flatMap(({ score, predicted, interval = [] }) => [score, predicted, ...interval]);
  const domain = [Math.min(...values), Math.max(...values)];
  const error = mean(clips.map(scoreError));
  const label = `Scatter plot of ${clips.length} clips: predicted against true score, mean error ${formatNumber(error, 1)} points.`;
  const drawing = drawResponsive(label, (width, narrow) => ({
    width,
    height: narrow ? 340 : 600,
    marginLeft: 44,
    x: { label: 'true score', domain, nice: true, ticks: narrow ? 5 : 10 },
    y: { label: 'predicted score', domain, nice: true, grid: true },
    marks: [
      line(
        domain.map((value) => [value, value]),
        { stroke: 'var(--muted)', strokeDasharray: '5 4' },
      ),
      link(withInterval, {
        x: 'score',
        y1: (d) => d.interval[0],
        y2: (d) => d.interval[1],
        stroke: 'var(--accent)',
        strokeOpacity: 0.22,
      }),
      dot(clips, {
        x: 'score',
        y: 'predicted',
        r: narrow ? 2 : 2.8,
        fill: 'var(--accent)',
        fillOpacity: 0.75,
        ...(narrow ? {} : { title: describeClip }),
      }),
    ],
  }));
  return figure(
    drawing,
    html`<strong>Predicted against true score.</strong> On the dashed line predictions are exact; the mean absolute error is ${formatNumber(error, 2)} points. ${coverage(withInterval)}`,
  );
}

function coverage(clips: readonly ClipPrediction[]): string | null {
  if (clips.length === 0) return null;
  const inside = clips.filter(({ score, interval }) => interval![0] <= score && score <= interval![1]);
  return `Vertical lines are the intervals given with the predictions; ${formatShare(inside.length / clips.length)} of them contain the true score.`;
}

function describeClip(clip: ClipPrediction): string {
  return `${clip.id}, ${clip.diveNumber}: true ${formatNumber(clip.score, 1)}, predicted ${formatNumber(clip.predicted, 1)}`;
}

interface DiveRow {
  diveNumber: string;
  count: number;
  /** Mean of predicted minus true. */
  bias: number;
  error: number;
}

function diveFigure(clips: readonly ClipPrediction[]): Html {
  const rows = diveRows(clips);
  const order = rows.map(rowName);
  const names = new Map(rows.map((row) => [row.diveNumber, rowName(row)]));
  const dots = clips.map((clip) => ({ row: names.get(clip.diveNumber)!, difference: clip.predicted - clip.score }));
  const [first, last] = [rows[0]!, rows.at(-1)!];
  const label = `Dot plot of the errors of ${rows.length} dive numbers: mean error from ${formatNumber(last.error, 1)} (${last.diveNumber}) to ${formatNumber(first.error, 1)} points (${first.diveNumber}).`;
  const drawing = drawResponsive(label, (width, narrow) => ({
    width,
    height: rows.length * 16 + 76,
    marginLeft: 82,
    x: { label: 'predicted minus true, points', grid: true, ticks: narrow ? 5 : 10 },
    y: { label: null, domain: order, tickSize: 0 },
    marks: [
      ruleX([0], { stroke: 'var(--muted)' }),
      dot(dots, { x: 'difference', y: 'row', r: 2.2, fill: 'var(--accent)', fillOpacity: 0.4 }),
      tickX(rows, { x: 'bias', y: rowName, stroke: 'var(--ink)', strokeWidth: 2 }),
    ],
  }));
  return figure(
    drawing,
    html`<strong>Error by dive number.</strong> A dot is a clip, a tick the mean difference, and the number of clips is in brackets. Largest mean error on top: ${first.diveNumber}, ${formatNumber(first.error, 1)} points, mean difference ${formatDifference(first.bias, 1)}.`,
  );
}

function diveRows(clips: readonly ClipPrediction[]): DiveRow[] {
  const groups = new Map<string, ClipPrediction[]>();
  for (const clip of clips) groups.set(clip.diveNumber, [...(groups.get(clip.diveNumber) ?? []), clip]);
  const rows = [...groups].map(([diveNumber, group]) => ({
    diveNumber,
    count: group.length,
    bias: mean(group.map(({ predicted, score }) => predicted - score)),
    error: mean(group.map(scoreError)),
  }));
  return rows.sort((a, b) => b.error - a.error);
}

function rowName({ diveNumber, count }: DiveRow): string {
  return `${diveNumber} (${count})`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
