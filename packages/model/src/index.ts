export {
  formatPath,
  type Schema,
  type SchemaCheckOptions,
  type SchemaProblem,
  schemaProblems,
  withDefaults,
} from '@mcore/schema';
export { averageCheckpoints } from './average-checkpoints.js';
export {
  type Calibration,
  type Checkpoint,
  type CheckpointInfo,
  decodeCheckpoint,
  encodeCheckpoint,
  exportWeights,
  type InexactMatch,
  type LabelRange,
  loadTensors,
  type MatchCalibration,
  modelFromCheckpoint,
  toHalfPrecision,
  weightsId,
} from './checkpoint.js';
export { ClipEncoder, type EncodedClip, framesTensor } from './clip-encoder.js';
export {
  type InputConfig,
  type LossConfig,
  type MCoReConfig,
  type OptimiserConfig,
  type PresetName,
  presetConfig,
  presets,
} from './config.js';
export { configSchema } from './config-schema.js';
export { multiplyAdds, type PartCounts, parameterCounts } from './counts.js';
export { type Exemplar, ExemplarBank, type StageShape } from './exemplar-bank.js';
export type { ForwardOptions, PairForward, PairTransitions } from './forward.js';
export {
  type ImportedWeights,
  type ImportKind,
  type ImportOptions,
  type ImportRow,
  importReleased,
} from './import-released.js';
export {
  BankFeatures,
  calibrateOutliers,
  type InDistribution,
  inDistribution,
  type OutlierLimits,
  type OutlierMeasures,
  transitionConfidence,
  transitionFlatness,
  UNCERTAIN,
} from './in-distribution.js';
export { leastScore } from './least-score.js';
export { isBackboneWeight, MCoRe } from './mcore.js';
export { nearestExemplars } from './nearest-exemplars.js';
export {
  type ClipLabels,
  featurePairLosses,
  type LabelledClips,
  type LossFunction,
  type PairLosses,
  pairLosses,
} from './pair-loss.js';
export { pytorchStateDict, pytorchStateDicts, RELEASED_PARTS, type ReleasedPart } from './pytorch-state.js';
export { regressionValues } from './regression-values.js';
export { type ExemplarVote, type ScoredClip, scoreAgainst, scoreAlone, scoreFromStages } from './score-against.js';
export { stageMeans } from './stage-means.js';
export {
  describeTrainingData,
  haveSameClips,
  type SeenClips,
  seenClips,
  type TrainingData,
  type TrainingDataParts,
} from './training-data.js';
export { transitionProbabilities } from './transition-probabilities.js';
