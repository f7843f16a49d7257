import { type Html, html } from './html.js';
import type { ReportData } from './report-data.js';
import { STAGE_COLORS } from './stage-colors.js';

/** Names of as many stages as there are. */
export function stageNamesOf(data: ReportData): string[] {
  const count = Math.max(1, ...data.predictions.map(({ predictedTransitions }) => predictedTransitions.length)) + 1;
  const names = data.stageNames ?? (count === 3 ? ['Take-off', 'Flight', 'Entry'] : []);
  return Array.from({ length: count }, (_, stage) => names[stage] ?? `Stage ${stage + 1}`);
}

/** The stage a frame belongs to, counted from 0: the number of transitions at or before it. */
export function stageAt(frame: number, transitions: readonly number[]): number {
  return transitions.filter((transition) => frame >= transition).length;
}

export function stageColor(stage: number): string {
  return `var(--stage-${stage % STAGE_COLORS.length})`;
}

export function stageLegend(names: readonly string[]): Html {
  const items = names.map(
    (name, stage) => html`<li><span class="swatch stage-${stage % STAGE_COLORS.length}"></span>${name}</li>`,
  );
  return html`<ul class="legend" aria-label="Colours of the stages">${items}</ul>`;
}

/** Class of an element in the colour of a stage. */
export function stageClass(stage: number): string {
  return `stage-${stage % STAGE_COLORS.length}`;
}
