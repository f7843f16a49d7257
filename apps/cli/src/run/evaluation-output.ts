import type { Evaluation, Figure } from '@mcore/training';
import { table } from '../terminal/output.js';
import type { PredictedClip } from './predict-clips.js';

/** What was evaluated. */
export interface EvaluationAbout {
  /** The clips, such as `rendered dives`. */
  source: string;
  trainedOn: string;
  /** Part of the split. */
  part: string;
  /** Figures of segmentation are left out where there are no labels of it; there are unless this says otherwise. */
  transitionsFrom?: 'labels' | 'equal parts';
}

/** Published figures on FineDiving itself, with dive numbers: An, Qi and Ma, ICASSP 2024, table 1. */
const PUBLISHED = [
  ['USDL (published)', '0.8913', '0.3822', '-', '-'],
  ['CoRe (published)', '0.9061', '0.3615', '-', '-'],
  ['TSA (published)', '0.9203', '0.3420', '82.5', '34.3'],
  ['MCoRe (published)', '0.9232', '0.3265', '98.3', '79.2'],
] as const;

/** The JSON of `mcore eval`; outside programs rely on its keys. */
export function evaluationJson(evaluation: Evaluation, about: EvaluationAbout): Record<string, unknown> {
  const { scores, transitions, baselines } = evaluation;
  const { meanScoreOfDiveNumber, medianTransitions, medianTransitionsOfDiveNumber } = baselines;
  const scoreKeys = ({ srcc, rl2x100, meanAbsoluteError }: Evaluation['scores']) => ({
    srcc: srcc.value,
    srccInterval: srcc.interval,
    rl2x100: rl2x100.value,
    rl2x100Interval: rl2x100.interval,
    meanAbsoluteError,
  });
  const labelled = about.transitionsFrom !== 'equal parts';
  const transitionKeys = ({ aiou50, aiou75 }: Evaluation['transitions']) => ({
    aiou50: labelled ? aiou50.value : null,
    aiou50Interval: labelled ? aiou50.interval : null,
    aiou75: labelled ? aiou75.value : null,
    aiou75Interval: labelled ? aiou75.interval : null,
  });
  return {
    data: about.source,
    part: about.part,
    trainedOn: about.trainedOn,
    clips: evaluation.clips,
    ...scoreKeys(scores),
    ...transitionKeys(transitions),
    baselines: {
      meanScoreOfDiveNumber: scoreKeys(meanScoreOfDiveNumber),
      medianTransitions: transitionKeys(medianTransitions),
      medianTransitionsOfDiveNumber: transitionKeys(medianTransitionsOfDiveNumber),
    },
  };
}

/** The table of `mcore eval`: the model, the labels alone, and published rows where the clips are FineDiving's own. */
export function evaluationTable(evaluation: Evaluation, about: EvaluationAbout): string {
  const { scores, transitions, baselines } = evaluation;
  const byDive = baselines.medianTransitionsOfDiveNumber;
  const byAll = baselines.medianTransitions;
  const aiou = (figure: Figure) => (about.transitionsFrom === 'equal parts' ? '-' : cell(figure, 1));
  const rows = [
    ['', 'SRCC', 'R-l2 x100', 'AIoU@0.5', 'AIoU@0.75'],
    ['MCoRe', cell(scores.srcc, 3), cell(scores.rl2x100, 3), aiou(transitions.aiou50), aiou(transitions.aiou75)],
    [
      'labels only: of the dive number',
      cell(baselines.meanScoreOfDiveNumber.srcc, 3),
      cell(baselines.meanScoreOfDiveNumber.rl2x100, 3),
      aiou(byDive.aiou50),
      aiou(byDive.aiou75),
    ],
    ['labels only: of all dives', '-', '-', aiou(byAll.aiou50), aiou(byAll.aiou75)],
    ...(isFineDiving(about.source) ? PUBLISHED : []),
  ];
  return [
    `${evaluation.clips} ${about.part} clips of ${about.source}; weights trained on ${about.trainedOn}. Brackets: bootstrap 95 % intervals.`,
    '',
    table(rows),
  ].join('\n');
}

/** One row a clip, for spreadsheets. */
export function clipsCsv(clips: readonly PredictedClip[]): string {
  const header =
    'id,dive_number,true_score,predicted_score,spread,true_transitions,predicted_transitions,label_only_score,exemplars';
  const lines = clips.map((clip) =>
    [
      quoted(clip.id),
      quoted(clip.diveNumber),
      clip.trueScore,
      clip.predictedScore.toFixed(4),
      clip.scored.spread.toFixed(4),
      clip.trueTransitions.join(' '),
      clip.predictedTransitions.join(' '),
      clip.labelOnly.score.toFixed(4),
      quoted(clip.scored.votes.map((vote) => vote.id).join(' ')),
    ].join(','),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

/** A text as a CSV value: quoted where it has to be, and never one that a spreadsheet takes for a formula. */
function quoted(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function cell({ value, interval: [low, high] }: Figure, digits: number): string {
  if (Number.isNaN(value)) return '-';
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

/** Published figures stand beside FineDiving's own frames alone. */
function isFineDiving(source: string): boolean {
  return source.startsWith('FineDiving') && !source.includes('rendered');
}
