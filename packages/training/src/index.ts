export { Adam, type AdamState } from './adam.js';
export { type LabelOnlyPrediction, labelOnlyPredictor } from './baselines.js';
export {
  type BootstrapOptions,
  type EvaluatedClip,
  type Evaluation,
  evaluate,
  type Figure,
  type ScoreFigures,
  type TransitionFigures,
} from './evaluate.js';
export { type LearningRateSchedule, learningRateFactor } from './learning-rate.js';
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
export { type StepRecord, Trainer, type TrainerOptions, type TrainerState } from './trainer.js';
