export { Adam, type AdamState } from './adam.js';
export { backboneGradient } from './backbone-gradient.js';
export { type LabelOnlyPrediction, labelOnlyPredictor } from './baselines.js';
export { type BreakdownRow, breakdown } from './breakdown.js';
export { intervalHit, relativeL2x100Over } from './clip-metrics.js';
export { type ComparedClip, type Comparison, compareClips, type MetricComparison } from './compare.js';
export { type Comparer, isComparer, modelComparer } from './comparer.js';
export {
  type BootstrapOptions,
  type Coverage,
  type EvaluatedClip,
  type Evaluation,
  evaluatePredictions,
  type Figure,
  intervalCoverage,
  type ScoreFigures,
  type TransitionFigures,
} from './evaluate-predictions.js';
export { type EvaluationRuns, evaluationExtras, type Grouping } from './evaluation-extras.js';
export { type EvaluationAbout, type EvaluationExtras, evaluationJson, publishedFigures } from './evaluation-json.js';
export { fitConfig } from './fit-config.js';
export {
  FrameReader,
  type FrameReaderOptions,
  type FrameWindow,
  type ReadingLosses,
  type WindowBatch,
} from './frame-reader.js';
export { buildBank, encodeClips } from './inference.js';
export { type LearningRateSchedule, learningRateFactor } from './learning-rate.js';
export { type DeepPartial, merge } from './merge-config.js';
export { NotFiniteError, type SeenInput } from './not-finite-error.js';
export { bounds, fixed, signed, withDeviation } from './numbers.js';
export { type ClipPair, PairSampler } from './pair-sampler.js';
export { ParameterLayout } from './parameter-layout.js';
export { type PredictedClip, predictClips } from './predict-clips.js';
export {
  type ClipInput,
  LocalReplica,
  type LossValues,
  layoutOf,
  type PairGradient,
  type PairInput,
  type Replica,
} from './replica.js';
export { type EvaluationSpread, type Spread, spread, summarise } from './summarise.js';
export {
  type Input,
  type Learner,
  type Losses,
  type StepRecord,
  Trainer,
  type TrainerOptions,
  type TrainerState,
} from './trainer.js';
