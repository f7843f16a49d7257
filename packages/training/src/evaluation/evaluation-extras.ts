import type { Calibration } from '@mcore/model';
import { cueReading, type RenderableClip } from '@mcore/rendered-dives';
import { breakdown } from '../predictions/breakdown.js';
import { type ComparedClip, compareClips } from '../predictions/compare.js';
import { type Evaluation, intervalCoverage } from '../predictions/evaluate-predictions.js';
import type { PredictedClip } from '../predictions/predict-clips.js';
import { type EvaluationSpread, spread, summarise } from '../predictions/summarise.js';
import type { EvaluationExtras } from './evaluation-json.js';

/** What figures can be given by. */
export type Grouping = 'dive-number' | 'competition' | 'cue';

/** What is known besides the figures of the first weights and the first draw. */
export interface EvaluationRuns {
  /** By weights, then by draw of exemplars. */
  draws: readonly (readonly Evaluation[])[];
  /** Of the first weights and the first draw. */
  predicted: readonly PredictedClip[];
  /** Files, as many as `draws`. */
  weights: readonly string[];
  by: readonly Grouping[];
  /** Of rendered dives, for `by` cue. */
  rendered?: { clips: readonly RenderableClip[]; train: readonly RenderableClip[]; seed: number };
  calibration?: Calibration;
  against?: { file: string; clips: readonly ComparedClip[] };
}

/** Works out everything an evaluation says besides its figures. */
export function evaluationExtras(runs: EvaluationRuns): EvaluationExtras {
  const { draws, predicted, weights, by, calibration, against, rendered } = runs;
  const extras: EvaluationExtras = {};
  if (calibration) {
    const { level, halfWidth, clips } = calibration;
    extras.coverage = { ...intervalCoverage(predicted, halfWidth), level, calibrationClips: clips };
  }
  if (draws[0]!.length > 1) extras.overDraws = summarise(draws[0]!);
  if (draws.length > 1) extras.overWeights = { ...overMeans(draws.map(summarise)), files: weights };
  if (by.includes('dive-number')) extras.byDiveNumber = breakdown(predicted, (clip) => clip.diveNumber);
  if (by.includes('competition')) extras.byCompetition = breakdown(predicted, (clip) => clip.competition ?? '');
  if (by.includes('cue') && rendered) extras.byCue = cueReadings(predicted, rendered);
  if (against) extras.against = { file: against.file, comparison: compareClips(predicted, against.clips) };
  return extras;
}

/** The model's scores and the judges' of the same clips. */
function cueReadings(
  predicted: readonly PredictedClip[],
  { clips, train, seed }: NonNullable<EvaluationRuns['rendered']>,
): NonNullable<EvaluationExtras['byCue']> {
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const scored = predicted.map(({ id }) => byId.get(id)!);
  const read = (scores: readonly number[]) => cueReading(scored, scores, { train, seed });
  return {
    model: read(predicted.map(({ predictedScore }) => predictedScore)),
    judges: read(predicted.map(({ trueScore }) => trueScore)),
  };
}

/** Over weights, of each one's mean over draws. */
function overMeans(spreads: readonly EvaluationSpread[]): EvaluationSpread {
  const over = (key: keyof EvaluationSpread) => spread(spreads.map((one) => one[key].mean));
  return {
    srcc: over('srcc'),
    rl2x100: over('rl2x100'),
    meanAbsoluteError: over('meanAbsoluteError'),
    aiou50: over('aiou50'),
    aiou75: over('aiou75'),
  };
}
