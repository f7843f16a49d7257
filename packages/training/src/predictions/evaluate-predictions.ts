import { bootstrapInterval, meanAbsoluteError, spearman } from '@mcore/metrics';
import type { LabelOnlyPrediction } from './baselines.js';
import { intervalHit, meanOf, relativeL2x100Over } from './clip-metrics.js';

/** A figure with its bootstrap 95 % interval over clips. */
export interface Figure {
  value: number;
  interval: [number, number];
}

/** One evaluated clip. */
export interface EvaluatedClip {
  id: string;
  diveNumber: string;
  /** Where it was filmed; breakdowns group by it. */
  competition?: string;
  trueScore: number;
  predictedScore: number;
  /** Indices of sampled frames; empty where nobody labelled any. */
  trueTransitions: readonly number[];
  /** Indices of sampled frames. */
  predictedTransitions: readonly number[];
  /** The same clip from its labels alone. */
  labelOnly: LabelOnlyPrediction;
}

/** Figures of one way to predict scores. */
export interface ScoreFigures {
  srcc: Figure;
  /** Relative L2 distance x 100. */
  rl2x100: Figure;
  /** In points. */
  meanAbsoluteError: number;
}

/**
 * Figures of one way to predict transitions, in percent of clips; NaN for clips of two stages, and for clips without labelled
 * transitions: they have no interval to find.
 */
export interface TransitionFigures {
  aiou50: Figure;
  aiou75: Figure;
}

/** A model's figures on some clips and those of the labels alone on the same clips. */
export interface Evaluation {
  clips: number;
  scores: ScoreFigures;
  transitions: TransitionFigures;
  baselines: {
    meanScoreOfDiveNumber: ScoreFigures;
    medianTransitions: TransitionFigures;
    medianTransitionsOfDiveNumber: TransitionFigures;
  };
}

/** How the bootstrap is done. */
export interface BootstrapOptions {
  /** Resamples; 2,000 unless given. */
  resamples?: number;
  seed?: number;
}

/**
 * Computes every figure of a table with its interval, beside the label-only baselines of the same clips.
 *
 * @param clips - At least two.
 */
export function evaluatePredictions(clips: readonly EvaluatedClip[], options: BootstrapOptions = {}): Evaluation {
  const scoresOf = (predicted: (clip: EvaluatedClip) => number) => scoreFigures(clips, predicted, options);
  const transitionsOf = (predicted: (clip: EvaluatedClip) => readonly number[]) =>
    transitionFigures(clips, predicted, options);
  return {
    clips: clips.length,
    scores: scoresOf((clip) => clip.predictedScore),
    transitions: transitionsOf((clip) => clip.predictedTransitions),
    baselines: {
      meanScoreOfDiveNumber: scoresOf((clip) => clip.labelOnly.score),
      medianTransitions: transitionsOf((clip) => clip.labelOnly.transitions),
      medianTransitionsOfDiveNumber: transitionsOf((clip) => clip.labelOnly.transitionsOfDiveNumber),
    },
  };
}

/** How often an interval of fixed width around the prediction holds the judges' score. */
export interface Coverage {
  /** Share of clips, with its bootstrap 95 % interval. */
  share: Figure;
  /** Half the width of the interval, points. */
  halfWidth: number;
  clips: number;
}

/**
 * The coverage of prediction -+ `halfWidth` on clips: what a calibrated interval promises, checked.
 *
 * @param halfWidth - In points, as calibrated on other clips.
 */
export function intervalCoverage(
  clips: readonly Pick<EvaluatedClip, 'trueScore' | 'predictedScore'>[],
  halfWidth: number,
  options: BootstrapOptions = {},
): Coverage {
  const isHeld = clips.map((clip) => (Math.abs(clip.predictedScore - clip.trueScore) <= halfWidth ? 1 : 0));
  return { share: figure(meanOf, isHeld, isHeld, options), halfWidth, clips: clips.length };
}

function scoreFigures(
  clips: readonly EvaluatedClip[],
  predict: (clip: EvaluatedClip) => number,
  options: BootstrapOptions,
): ScoreFigures {
  const predicted = clips.map(predict);
  const actual = clips.map((clip) => clip.trueScore);
  return {
    srcc: figure(spearman, predicted, actual, options),
    rl2x100: figure(relativeL2x100Over(actual), predicted, actual, options),
    meanAbsoluteError: meanAbsoluteError(predicted, actual),
  };
}

function transitionFigures(
  clips: readonly EvaluatedClip[],
  predict: (clip: EvaluatedClip) => readonly number[],
  options: BootstrapOptions,
): TransitionFigures {
  const share = (threshold: number) => {
    const hits = clips.map((clip) => intervalHit(predict(clip), clip.trueTransitions, threshold));
    return figure(meanOf, hits, hits, options);
  };
  return { aiou50: share(0.5), aiou75: share(0.75) };
}

function figure(
  metric: (predicted: ArrayLike<number>, actual: ArrayLike<number>) => number,
  predicted: readonly number[],
  actual: readonly number[],
  { resamples = 2000, seed = 0 }: BootstrapOptions,
): Figure {
  const interval = bootstrapInterval(metric, predicted, actual, { level: 0.95, resamples, seed });
  return { value: metric(predicted, actual), interval: [interval[0], interval[1]] };
}
