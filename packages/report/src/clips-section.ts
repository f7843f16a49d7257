import { segmentationIoU } from './choose-clips.js';
import { formatDifference, formatInterval, formatNumber } from './format.js';
import { type Html, html } from './html.js';
import type { ClipDetail, ClipPrediction, ReportData } from './report-data.js';
import { stageAt, stageClass, stageLegend, stageNamesOf } from './stages.js';
import { closedTable } from './table.js';

export function clipsSection(data: ReportData): Html | null {
  const { details = [], predictions } = data;
  if (details.length === 0) return null;
  const clips = new Map(predictions.map((clip) => [clip.id, clip]));
  const names = stageNamesOf(data);
  return html`<section id="clips"><h2>Clips</h2>
<p>${isLabelled(predictions) ? 'Under every picture two bars: the upper one in the colour of the true stage, the lower one in that of the predicted stage.' : 'Under every picture a bar in the colour of the predicted stage.'}</p>
${stageLegend(names)}${details.map((detail) => clipArticle(detail, clips.get(detail.id)!, names))}</section>`;
}

function clipArticle(detail: ClipDetail, clip: ClipPrediction, names: readonly string[]): Html {
  const difference = clip.predicted - clip.score;
  return html`<article><header><h3>${clip.id} · ${clip.diveNumber}</h3><p>${detail.reason}</p></header>
<dl class="facts">
<div><dt>true score</dt><dd>${formatNumber(clip.score, 2)}</dd></div>
<div><dt>predicted</dt><dd>${formatNumber(clip.predicted, 2)}${clip.interval && html` <small>${formatInterval(clip.interval, 1)}</small>`}</dd></div>
<div><dt>difference</dt><dd>${formatDifference(difference, 2)}</dd></div>
${clip.transitions.length > 0 && html`<div><dt>true transitions</dt><dd>${clip.transitions.join(', ')}</dd></div>`}
<div><dt>predicted transitions</dt><dd>${clip.predictedTransitions.map((frame, at) => (clip.uncertain?.[at] ? `${frame} (uncertain)` : frame)).join(', ')}</dd></div>
${clip.transitions.length > 0 && html`<div><dt>IoU</dt><dd>${formatNumber(segmentationIoU(clip), 2)}</dd></div>`}
</dl>${strip(detail, clip, names)}${besideStrip(detail, clip, names)}${exemplarTable(detail, names)}</article>`;
}

/** Whether the true stages of clips are known. */
function isLabelled(clips: readonly ClipPrediction[]): boolean {
  return clips.some(({ transitions }) => transitions.length > 0);
}

function strip({ strip = [] }: ClipDetail, clip: ClipPrediction, names: readonly string[]): Html | null {
  if (strip.length === 0) return null;
  const labelled = isLabelled([clip]);
  const pictures = strip.map(({ frame, image }) => {
    const truth = labelled ? stageAt(frame, clip.transitions) : null;
    const guess = stageAt(frame, clip.predictedTransitions);
    const alt =
      truth === null
        ? `Frame ${frame}: predicted stage ${names[guess]}.`
        : `Frame ${frame}: true stage ${names[truth]}, predicted ${names[guess]}.`;
    return html`<li><img src="${image}" alt="${alt}">${truth !== null && html`<span class="mark ${stageClass(truth)}"></span>`}<span class="mark ${stageClass(guess)}"></span><span class="frame">${frame}${
      truth === null || truth === guess ? null : html`<abbr title="${alt}"> ≠</abbr>`
    }</span></li>`;
  });
  return html`<figure><ol class="strip" style="--columns:${columnsOf(strip)}">${pictures}</ol><figcaption>Frames of the clip with their numbers${labelled && '; ≠ where the predicted stage is not the true one'}.</figcaption></figure>`;
}

/** The exemplar's pictures below the clip's own, and what each stage makes of the difference between the two. */
function besideStrip(
  { beside, exemplars = [] }: ClipDetail,
  clip: ClipPrediction,
  names: readonly string[],
): Html | null {
  if (beside === undefined || beside.strip.length === 0) return null;
  const vote = exemplars.find(({ id }) => id === beside.id)!;
  const pictures = beside.strip.map(({ frame, image }) => {
    if (beside.transitions.length === 0) {
      return html`<li><img src="${image}" alt="Exemplar, frame ${frame}."><span class="frame">${frame}</span></li>`;
    }
    const stage = stageAt(frame, beside.transitions);
    return html`<li><img src="${image}" alt="Exemplar, frame ${frame}: true stage ${names[stage]}."><span class="mark ${stageClass(stage)}"></span><span class="frame">${frame}</span></li>`;
  });
  const parts = (vote.stageDeltas ?? []).map(
    (delta, stage) =>
      html`<li><span class="swatch ${stageClass(stage)}"></span>${names[stage] ?? 'Whole clip'} ${formatDifference(delta, 2)}</li>`,
  );
  return html`<figure><ol class="strip" style="--columns:${columnsOf(beside.strip)}">${pictures}</ol>
${parts.length > 0 && html`<ul class="legend parts" aria-label="Part of every stage in the difference">${parts}</ul>`}<figcaption>For comparison the exemplar ${beside.id}, which the judges gave ${formatNumber(vote.score, 2)}. The predicted difference of ${clip.id} to it is ${formatDifference(vote.delta, 2)} points, the sum of the stages' parts.</figcaption></figure>`;
}

function columnsOf(strip: readonly unknown[]): number {
  return strip.length > 16 ? Math.ceil(strip.length / 2) : strip.length;
}

function exemplarTable({ id, exemplars = [] }: ClipDetail, names: readonly string[]): Html | null {
  if (exemplars.length === 0) return null;
  const parts = Math.max(0, ...exemplars.map(({ stageDeltas = [] }) => stageDeltas.length));
  // an uncut clip is one stage
  const stages = parts === 1 && names.length > 1 ? ['Whole clip'] : names.slice(0, parts);
  const largest = Math.max(1e-9, ...exemplars.flatMap(({ stageDeltas = [] }) => stageDeltas.map(Math.abs)));
  const votes = exemplars.map(({ score, delta }) => score + delta);
  const rows = exemplars.map(
    ({ id, score, delta, stageDeltas = [] }) =>
      html`<tr><th scope="row">${id}</th><td>${formatNumber(score, 2)}</td><td>${formatDifference(delta, 2)}</td><td>${formatNumber(score + delta, 2)}</td>${stages.map(
        (_, stage) => deltaCell(stageDeltas[stage], largest),
      )}</tr>`,
  );
  const mean = votes.reduce((sum, vote) => sum + vote, 0) / votes.length;
  const caption = html`Vote = an exemplar's score + the predicted difference to it. Mean vote ${formatNumber(mean, 2)}.${
    stages.length > 0 && " Last columns: each stage's part of the difference."
  }`;
  const head = html`<tr><th scope="col">Exemplar</th><th scope="col">Score</th><th scope="col">Difference</th><th scope="col">Vote</th>${stages.map(
    (name) => html`<th scope="col">${name}</th>`,
  )}</tr>`;
  return closedTable(
    `exemplars-${id}`,
    exemplars.length === 1 ? 'The exemplar and its vote' : `${exemplars.length} exemplars and their votes`,
    {
      caption,
      head,
      bodies: html`<tbody>${rows}</tbody>`,
    },
  );
}

/** A number with a bar to the left or right of the middle, as long as its share of the largest. */
function deltaCell(value: number | undefined, largest: number): Html {
  if (value === undefined) return html`<td>–</td>`;
  const share = ((Math.abs(value) / largest) * 28).toFixed(1);
  const side = value < 0 ? 'down' : 'up';
  return html`<td class="delta"><span class="bar ${side}" style="--share:${share}%"></span>${formatDifference(value, 2)}</td>`;
}
