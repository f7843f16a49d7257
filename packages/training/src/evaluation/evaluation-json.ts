import type { CueReading } from '@mcore/rendered-dives';
import type { BreakdownRow } from '../predictions/breakdown.js';
import type { Comparison } from '../predictions/compare.js';
import type { Coverage, Evaluation, Figure } from '../predictions/evaluate-predictions.js';
import type { EvaluationSpread } from '../predictions/summarise.js';

/** What was evaluated. */
export interface EvaluationAbout {
  /** The clips, such as `rendered dives`. */
  source: string;
  trainedOn: string;
  /** Part of the split. */
  part: string;
  /** Which data set it is; see `ClipSource.kind`. */
  kind?: string;
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

/** Published results, which stand beside FineDiving's own frames alone: those of renderings have nothing to do with them. */
export function publishedFigures(kind: string | undefined): typeof PUBLISHED {
  return kind === 'finediving' ? PUBLISHED : [];
}

/** Metrics of scores, by the names they have in JSON; intervals are bootstrap 95 % intervals over clips. */
export interface ScoreKeys {
  srcc: number;
  srccInterval: [number, number];
  rl2x100: number;
  rl2x100Interval: [number, number];
  /** In points. */
  meanAbsoluteError: number;
}

/** Metrics of transitions in percent of clips; null where clips have no interval between labelled transitions. */
export interface TransitionKeys {
  aiou50: number | null;
  aiou50Interval: [number, number] | null;
  aiou75: number | null;
  aiou75Interval: [number, number] | null;
}

/** What `mcore eval --json` prints. */
export interface EvaluationReport extends ScoreKeys, TransitionKeys, EvaluationExtras {
  /** The clips, in words. */
  data: string;
  part: string;
  trainedOn: string;
  /** Clips that were evaluated. */
  clips: number;
  /** What the labels alone give. */
  baselines: {
    meanScoreOfDiveNumber: ScoreKeys;
    medianTransitions: TransitionKeys;
    medianTransitionsOfDiveNumber: TransitionKeys;
  };
}

/** The JSON of `mcore eval`; outside programs rely on its keys. */
export function evaluationJson(
  evaluation: Evaluation,
  about: EvaluationAbout,
  extras: EvaluationExtras = {},
): EvaluationReport {
  const { scores, transitions, baselines } = evaluation;
  const { meanScoreOfDiveNumber, medianTransitions, medianTransitionsOfDiveNumber } = baselines;
  const scoreKeys = ({ srcc, rl2x100, meanAbsoluteError }: Evaluation['scores']): ScoreKeys => ({
    srcc: srcc.value,
    srccInterval: srcc.interval,
    rl2x100: rl2x100.value,
    rl2x100Interval: rl2x100.interval,
    meanAbsoluteError,
  });
  const known = ({ value }: Figure) => !Number.isNaN(value);
  const transitionKeys = ({ aiou50, aiou75 }: Evaluation['transitions']): TransitionKeys => ({
    aiou50: known(aiou50) ? aiou50.value : null,
    aiou50Interval: known(aiou50) ? aiou50.interval : null,
    aiou75: known(aiou75) ? aiou75.value : null,
    aiou75Interval: known(aiou75) ? aiou75.interval : null,
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
    ...extras,
  };
}
