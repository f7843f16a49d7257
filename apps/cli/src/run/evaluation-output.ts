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
  const transitionKeys = ({ aiou50, aiou75 }: Evaluation['transitions']) => ({
    aiou50: aiou50.value,
    aiou50Interval: aiou50.interval,
    aiou75: aiou75.value,
    aiou75Interval: aiou75.interval,
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
  const rows = [
    ['', 'SRCC', 'R-l2 x100', 'AIoU@0.5', 'AIoU@0.75'],
    ['MCoRe', cell(scores.srcc, 3), cell(scores.rl2x100, 3), cell(transitions.aiou50, 1), cell(transitions.aiou75, 1)],
    [
      'labels only: of the dive number',
      cell(baselines.meanScoreOfDiveNumber.srcc, 3),
      cell(baselines.meanScoreOfDiveNumber.rl2x100, 3),
      cell(byDive.aiou50, 1),
      cell(byDive.aiou75, 1),
    ],
    ['labels only: of all dives', '-', '-', cell(byAll.aiou50, 1), cell(byAll.aiou75, 1)],
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
      clip.id,
      clip.diveNumber,
      clip.trueScore,
      clip.predictedScore.toFixed(4),
      clip.scored.spread.toFixed(4),
      clip.trueTransitions.join(' '),
      clip.predictedTransitions.join(' '),
      clip.labelOnly.score.toFixed(4),
      clip.scored.votes.map((vote) => vote.id).join(' '),
    ].join(','),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

function cell({ value, interval: [low, high] }: Figure, digits: number): string {
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

/** Published figures stand beside FineDiving's own frames alone. */
function isFineDiving(source: string): boolean {
  return source.startsWith('FineDiving') && !source.includes('rendered');
}
