import type { CueReading } from '@mcore/rendered-dives';
import type { BreakdownRow, Comparison, Coverage, Evaluation, EvaluationSpread, Figure } from '@mcore/training';
import { bounds, fixed, withDeviation } from '../terminal/numbers.js';
import { table } from '../terminal/output.js';
import { breakdownTable, comparisonTable, cueTable } from './evaluation-tables.js';

/** What was evaluated. */
export interface EvaluationAbout {
  /** The clips, such as `rendered dives`. */
  source: string;
  trainedOn: string;
  /** Part of the split. */
  part: string;
}

/** What an evaluation may say besides its figures. */
export interface EvaluationExtras {
  /** How often the interval that scores are printed with holds the judges' score. */
  coverage?: Coverage & { level: number; calibrationClips: number };
  /** Over draws of exemplars, all with the same weights. */
  overDraws?: EvaluationSpread;
  /** Over weights (seeds, or epochs of one run), each the mean of its draws. */
  overWeights?: EvaluationSpread & { files: readonly string[] };
  byDiveNumber?: readonly BreakdownRow[];
  byCompetition?: readonly BreakdownRow[];
  /** Of rendered dives: how the scores follow what was drawn, the model's and the judges'. */
  byCue?: { model: CueReading; judges: CueReading };
  /** Against the clips of another evaluation, which are B. */
  against?: { file: string; comparison: Comparison };
}

/** Published figures on FineDiving itself, with dive numbers: An, Qi and Ma, ICASSP 2024, table 1. */
const PUBLISHED: readonly { name: string; srcc: number; rl2x100: number; aiou50?: number; aiou75?: number }[] = [
  { name: 'USDL', srcc: 0.8913, rl2x100: 0.3822 },
  { name: 'CoRe', srcc: 0.9061, rl2x100: 0.3615 },
  { name: 'TSA', srcc: 0.9203, rl2x100: 0.342, aiou50: 82.51, aiou75: 34.31 },
  { name: 'MCoRe', srcc: 0.9232, rl2x100: 0.3265, aiou50: 98.26, aiou75: 79.17 },
];

/** Published figures, which stand beside FineDiving's own frames alone: those of drawings have nothing to do with them. */
export function publishedFigures(source: string): typeof PUBLISHED {
  return source.startsWith('FineDiving') && !source.includes('rendered') ? PUBLISHED : [];
}

/** The JSON of `mcore eval`; outside programs rely on its keys. */
export function evaluationJson(
  evaluation: Evaluation,
  about: EvaluationAbout,
  extras: EvaluationExtras = {},
): Record<string, unknown> {
  const { scores, transitions, baselines } = evaluation;
  const { meanScoreOfDiveNumber, medianTransitions, medianTransitionsOfDiveNumber } = baselines;
  const scoreKeys = ({ srcc, rl2x100, meanAbsoluteError }: Evaluation['scores']) => ({
    srcc: srcc.value,
    srccInterval: srcc.interval,
    rl2x100: rl2x100.value,
    rl2x100Interval: rl2x100.interval,
    meanAbsoluteError,
  });
  // null where clips have no interval between labelled transitions
  const orNull = ({ value, interval }: Figure) => (Number.isNaN(value) ? [null, null] : [value, interval]);
  const transitionKeys = (transitions: Evaluation['transitions']) => {
    const [aiou50, aiou50Interval] = orNull(transitions.aiou50);
    const [aiou75, aiou75Interval] = orNull(transitions.aiou75);
    return { aiou50, aiou50Interval, aiou75, aiou75Interval };
  };
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
    ...extras,
  };
}

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
    ...publishedFigures(about.source).map(({ name, srcc, rl2x100, aiou50, aiou75 }) => [
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
    table(rows),
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
