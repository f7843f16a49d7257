import { averageIoU } from '@mcore/metrics';
import { barX, text } from '@observablehq/plot';
import { chooseClips, segmentationIoU } from './choose-clips.js';
import { formatNumber, formatShare } from './format.js';
import { type Html, html } from './html.js';
import { drawResponsive, figure, HALF } from './plot.js';
import type { ClipPrediction, ReportData } from './report-data.js';
import { stageColor, stageLegend, stageNamesOf } from './stages.js';

/** Clips shown of the best and of the worst. */
const SHOWN = 5;
/** Size of a plot's letters in pixels, with room for fonts that are wider than Plot takes them for. */
const EM = 13;

export function stagesSection(data: ReportData): Html | null {
  const predictions = data.predictions.filter(({ transitions }) => transitions.length > 0);
  if (predictions.length === 0) return null;
  const { best, worst } = chooseClips(predictions, SHOWN, 'stages');
  const shares = predictions[0]!.transitions.length < 2 ? null : shareSentence(predictions);
  return html`<section id="stages"><h2>Stages</h2>${shares}${stageLegend(stageNamesOf(data))}
<div class="pair">${worst.length > 0 && timelineFigure(worst, 'Worst')}${timelineFigure(best, 'Best')}</div></section>`;
}

function shareSentence(clips: readonly ClipPrediction[]): Html {
  const share = (threshold: number) =>
    formatShare(
      averageIoU(
        clips.map(({ predictedTransitions }) => predictedTransitions),
        clips.map(({ transitions }) => transitions),
        threshold,
      ),
    );
  return html`<p>Counted in the video's own frames (the table counts those that were sampled), the predicted interval from the first to the last transition overlaps the true one by half or more (IoU ≥ 0.5) in ${share(0.5)} of the clips, by three quarters or more in ${share(0.75)}.</p>`;
}

function timelineFigure(clips: readonly ClipPrediction[], which: 'Best' | 'Worst'): Html {
  const numbers = clips.map(segmentationIoU);
  const label = `Timelines of ${clips.length} clips, true and predicted stages, IoU ${numbers.map((iou) => formatNumber(iou, 2)).join(', ')}.`;
  const caption = html`<strong>${which} segmentation</strong> by ${measureOf(clips)}. Upper bar: true stages; lower bar: predicted ones.`;
  return figure(timelines(clips, label), caption);
}

/** What {@link segmentationIoU} measures, in words. */
function measureOf([first]: readonly ClipPrediction[]): string {
  return first!.transitions.length > 1
    ? 'the IoU of the interval from the first to the last transition'
    : 'the mean IoU of their two stages';
}

/** True and predicted stages of some clips, one above the other. */
function timelines(clips: readonly ClipPrediction[], label: string): Html {
  const bars = clips.flatMap((clip) => [
    ...segments(clip, clip.transitions, 'true'),
    ...segments(clip, clip.predictedTransitions, 'pred.'),
  ]);
  return drawResponsive(label, (whole, narrow) => {
    const width = narrow ? whole : HALF;
    const [marginLeft, marginRight] = [38, 12];
    return {
      width,
      height: clips.length * 52 + 56,
      marginLeft,
      marginTop: 16,
      marginRight,
      x: { label: 'frame', ticks: 5 },
      y: { domain: ['true', 'pred.'], label: null, tickSize: 0, padding: 0.12 },
      fy: { domain: clips.map(({ id }) => id), axis: null, padding: 0.42 },
      marks: [
        barX(bars, { fy: 'id', y: 'row', x1: 'from', x2: 'to', fill: 'color', insetRight: 1 }),
        text(clips, {
          fy: 'id',
          text: nameOf,
          frameAnchor: 'top-left',
          dy: -13,
          textAnchor: 'start',
          fill: 'var(--muted)',
          // some ids are wider than a phone
          textOverflow: 'ellipsis-middle',
          lineWidth: (width - marginLeft - marginRight) / EM,
        }),
      ],
    };
  });
}

function nameOf(clip: ClipPrediction): string {
  return `${clip.id} · ${clip.diveNumber} · IoU ${formatNumber(segmentationIoU(clip), 2)}`;
}

interface Segment {
  id: string;
  row: string;
  from: number;
  to: number;
  color: string;
}

function segments(clip: ClipPrediction, transitions: readonly number[], row: string): Segment[] {
  const edges = [0, ...transitions, clip.frameCount];
  return edges
    .slice(0, -1)
    .map((from, stage) => ({ id: clip.id, row, from, to: edges[stage + 1]!, color: stageColor(stage) }))
    .filter(({ from, to }) => to > from);
}
