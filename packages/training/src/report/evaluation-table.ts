import { type EvaluationAbout, type EvaluationExtras, publishedFigures } from '../evaluation/evaluation-json.js';
import type { Evaluation, Figure } from '../predictions/evaluate-predictions.js';
import { bounds, fixed, withDeviation } from '../predictions/numbers.js';
import type { EvaluationSpread } from '../predictions/summarise.js';
import { breakdownTable, comparisonTable, cueTable } from './evaluation-tables.js';
import { textTable } from './text-table.js';

/** The table of `mcore eval`: the model, the labels alone, and published rows where the clips are FineDiving's own. */
export function evaluationTable(evaluation: Evaluation, about: EvaluationAbout, extras: EvaluationExtras = {}): string {
  const { scores, transitions, baselines } = evaluation;
  const byDive = baselines.medianTransitionsOfDiveNumber;
  const byAll = baselines.medianTransitions;
  const aiou = (figure: Figure) => cell(figure, 1);
  const rows = [
    ['', 'SRCC', 'R-l2 x100', 'AIoU@0.5', 'AIoU@0.75'],
    ['MCoRe', cell(scores.srcc, 3), cell(scores.rl2x100, 3), aiou(transitions.aiou50), aiou(transitions.aiou75)],
    ...spreadRow('draws of exemplars', extras.overDraws),
    ...spreadRow('weights', extras.overWeights),
    [
      'labels only: of the dive number',
      cell(baselines.meanScoreOfDiveNumber.srcc, 3),
      cell(baselines.meanScoreOfDiveNumber.rl2x100, 3),
      aiou(byDive.aiou50),
      aiou(byDive.aiou75),
    ],
    ['labels only: of all dives', '-', '-', aiou(byAll.aiou50), aiou(byAll.aiou75)],
    ...publishedFigures(about.kind).map(({ name, srcc, rl2x100, aiou50, aiou75 }) => [
      `${name} (published)`,
      srcc.toFixed(4),
      rl2x100.toFixed(4),
      aiou50?.toFixed(1) ?? '-',
      aiou75?.toFixed(1) ?? '-',
    ]),
  ];
  return [
    `${evaluation.clips} ${about.part} clips of ${about.source}; weights trained on ${about.trainedOn}. Brackets: bootstrap 95 % intervals.`,
    '',
    textTable(rows),
    ...extraText(extras),
  ].join('\n');
}

/** Mean and standard deviation over several evaluations. */
function spreadRow(over: string, spread: EvaluationSpread | undefined): string[][] {
  if (!spread) return [];
  const { srcc, rl2x100, aiou50, aiou75 } = spread;
  const name = `mean of ${srcc.values.length} ${over}`;
  return [
    [name, withDeviation(srcc, 4), withDeviation(rl2x100, 4), withDeviation(aiou50, 2), withDeviation(aiou75, 2)],
  ];
}

/** What stands below the table. */
function extraText({ coverage, byDiveNumber, byCompetition, byCue, against }: EvaluationExtras): string[] {
  const blocks: string[] = [];
  if (coverage) {
    const percent = (share: number) => (100 * share).toFixed(1);
    const { value, interval } = coverage.share;
    blocks.push(
      `The ${Math.round(100 * coverage.level)} % interval of scores, ± ${coverage.halfWidth.toFixed(1)} points calibrated on ${coverage.calibrationClips} validation clips, holds ${percent(value)} % [${percent(interval[0])}, ${percent(interval[1])}] of the judges' scores here.`,
    );
  }
  if (byDiveNumber) blocks.push(breakdownTable('dive number', byDiveNumber));
  if (byCompetition) blocks.push(breakdownTable('competition', byCompetition));
  if (byCue) blocks.push(cueTable(byCue));
  if (against) blocks.push(comparisonTable(against.comparison, { a: 'this evaluation', b: against.file }));
  return blocks.flatMap((block) => ['', block]);
}

function cell({ value, interval }: Figure, digits: number): string {
  return Number.isNaN(value) ? '-' : `${fixed(value, digits)} ${bounds(interval, digits)}`;
}
