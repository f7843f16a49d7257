import type { CueReading } from '@mcore/rendered-dives';
import type { BreakdownRow } from './breakdown.js';
import type { Comparison } from './compare.js';
import type { Coverage, Evaluation, Figure } from './evaluate-predictions.js';
import type { EvaluationSpread } from './summarise.js';

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
