export { Adam, type AdamState } from './adam.js';
export { type LabelOnlyPrediction, labelOnlyPredictor } from './baselines.js';
export { type BreakdownRow, breakdown } from './breakdown.js';
export { intervalHit, relativeL2x100Over } from './clip-metrics.js';
export { type ComparedClip, type Comparison, compareClips, type MetricComparison } from './compare.js';
export {
  type BootstrapOptions,
  type Coverage,
  type EvaluatedClip,
  type Evaluation,
  evaluate,
  type Figure,
  intervalCoverage,
  type ScoreFigures,
  type TransitionFigures,
} from './evaluate.js';
export {
  FrameReader,
  type FrameReaderOptions,
  type FrameWindow,
  type ReadingLosses,
  type WindowBatch,
} from './frame-reader.js';
export { type LearningRateSchedule, learningRateFactor } from './learning-rate.js';
export { NotFiniteError, type SeenInput } from './not-finite-error.js';
export { type ClipPair, PairSampler } from './pair-sampler.js';
export { ParameterLayout } from './parameter-layout.js';
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
