export { notesOf } from '@mcore/clips';
export { drawTimeWarp, type TimeWarp, timeWarps } from './augmentation/time-warp.js';
export { type AugmentationKind, augmentations, varyPictures } from './augmentation/wide.js';
export {
  DENSE_FRAMES,
  denseIndices,
  denseInput,
  drawPlainClip,
  drawWideClip,
  type WideClip,
} from './augmentation/wide-clip.js';
export { type ClipPair, PairSampler } from './clips/pair-sampler.js';
export { MemoryClips, type PreparedClips } from './clips/prepared-clips.js';
export type { SplitOptions } from './clips/seen-clips.js';
export { assertUnseen, splitAs, splitOfWeights } from './clips/seen-clips.js';
export { backboneGradient } from './compute/backbone-gradient.js';
export {
  FrameReader,
  type FrameReaderOptions,
  type FrameWindow,
  type ReadingLosses,
  type WindowBatch,
} from './compute/frame-reader.js';
export { buildBank, encodeClips, presentExemplars } from './compute/inference.js';
export type { Input, Learner, Losses } from './compute/learner.js';
export { ParameterLayout } from './compute/parameter-layout.js';
export type { Reader, ReaderFactory } from './compute/reader.js';
export {
  type ClipInput,
  LocalReplica,
  type LossValues,
  layoutOf,
  type PairGradient,
  type PairInput,
  type Replica,
  type ReplicaFactory,
  type ReplicaOptions,
} from './compute/replica.js';
export { calibrationFor } from './evaluation/calibration-for.js';
export { assertSameClips, assertStages, type ClipChoice, chooseClips } from './evaluation/choose-clips.js';
export { evaluate } from './evaluation/evaluate.js';
export {
  type CheckpointEvaluation,
  type EvaluatedDraw,
  evaluateDraws,
  predictCheckpoint,
} from './evaluation/evaluate-checkpoint.js';
export type { Evaluated, EvaluateEvent, EvaluateOptions } from './evaluation/evaluate-options.js';
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
export { atMostPerDive, type BankClips, fillBank } from './evaluation/fill-bank.js';
export {
  type CalibratedScores,
  type CalibrationClip,
  type CalibrationSetup,
  calibrateScores,
  type ExemplarKind,
  exemplarChooser,
} from './fit/calibrate.js';
export { fit } from './fit/fit.js';
export type { FitEvent, MetricFunction, ValidationRecord } from './fit/fit-events.js';
export type { FitOptions, FitResult } from './fit/fit-options.js';
export { type DeepPartial, merge } from './fit/merge-config.js';
export { type TrainingNeeds, trainingNeeds } from './fit/training-needs.js';
export { Adam, type AdamState } from './optimizer/adam.js';
export { type LearningRateSchedule, learningRateFactor } from './optimizer/learning-rate.js';
export { NotFiniteError, type SeenInput } from './optimizer/not-finite-error.js';
export {
  type StepRecord,
  Trainer,
  type TrainerOptions,
  type TrainerState,
} from './optimizer/trainer.js';
export type { ComputeOptions, WeightsInput } from './platform/platform.js';
export { type LabelOnlyPrediction, labelOnlyPredictor } from './predictions/baselines.js';
export { type BreakdownRow, breakdown } from './predictions/breakdown.js';
export { intervalHit, relativeL2x100Over } from './predictions/clip-metrics.js';
export {
  type ComparedClip,
  type Comparison,
  compareClips,
  compareRuns,
  type MetricComparison,
} from './predictions/compare.js';
export { type Comparer, isComparer, modelComparer } from './predictions/comparer.js';
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
} from './predictions/evaluate-predictions.js';
export { bounds, fixed, signed, withDeviation } from './predictions/numbers.js';
export { type PredictedClip, predictClips } from './predictions/predict-clips.js';
export { type EvaluationSpread, type Spread, spread, summarise } from './predictions/summarise.js';
export { evaluationTable } from './report/evaluation-table.js';
export { comparisonTable } from './report/evaluation-tables.js';
export { textTable } from './report/text-table.js';
export type { ResumeMode } from './run/run-settings.js';
export { type LogRecord, MemoryRunStore, type RunLog, type RunStore } from './run/run-store.js';
