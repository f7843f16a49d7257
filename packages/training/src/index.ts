export { Adam, type AdamState } from './adam.js';
export { backboneGradient } from './backbone-gradient.js';
export { type LabelOnlyPrediction, labelOnlyPredictor } from './baselines.js';
export { type BreakdownRow, breakdown } from './breakdown.js';
export { intervalHit, relativeL2x100Over } from './clip-metrics.js';
export { type ComparedClip, type Comparison, compareClips, type MetricComparison } from './compare.js';
export { type Comparer, isComparer, modelComparer } from './comparer.js';
export { evaluate } from './evaluate.js';
export type { Evaluated, EvaluateEvent, EvaluateOptions } from './evaluate-options.js';
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
export { calibrationFor } from './evaluation/calibration-for.js';
export { assertStages, type ClipChoice, chooseClips } from './evaluation/choose-clips.js';
export { type CheckpointEvaluation, type EvaluatedDraw, evaluateDraws } from './evaluation/evaluate-checkpoint.js';
export { type EvaluationRuns, evaluationExtras, type Grouping } from './evaluation/evaluation-extras.js';
export {
  type EvaluationAbout,
  type EvaluationExtras,
  type EvaluationReport,
  evaluationJson,
  publishedFigures,
  type ScoreKeys,
  type TransitionKeys,
} from './evaluation/evaluation-json.js';
export { fit, notesOf } from './fit.js';
export type { FitEvent, ValidationRecord } from './fit-events.js';
export type { ComputeOptions, FitOptions, FitResult, WeightsInput } from './fit-options.js';
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
export { MemoryClips, type PreparedClips } from './prepared-clips.js';
export type { Reader, ReaderFactory } from './reader.js';
export {
  type ClipInput,
  LocalReplica,
  type LossValues,
  layoutOf,
  type PairGradient,
  type PairInput,
  type Replica,
  type ReplicaFactory,
} from './replica.js';
export type { ResumeMode } from './run-settings.js';
export { type LogRecord, MemoryRunStore, type RunLog, type RunStore } from './run-store.js';
export type { SplitOptions } from './seen-clips.js';
export { assertUnseen, splitAs, splitOfWeights } from './seen-clips.js';
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
