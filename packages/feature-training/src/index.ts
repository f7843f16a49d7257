export type { TrainingKeeper, TrainingSnapshot } from './adam-steps.js';
export { type BlendParts, type BlendPrediction, BlendScorer } from './blend-scorer.js';
export {
  type CrossValidateOptions,
  crossValidate,
  type FeatureProtocol,
  type FoldOptions,
  type FoldPrediction,
  foldsOf,
  groupOf,
} from './cross-validate.js';
export { evaluateFolds, type FoldEvaluation, type TargetMetrics, type VerdictMetrics } from './evaluate-folds.js';
export type { ChannelStatistics } from './feature-input.js';
export { type FeaturePrediction, FeatureScorer } from './feature-scorer.js';
export {
  type AnyScorer,
  areFeatureWeights,
  decodeFeatureWeights,
  encodeFeatureWeights,
  type FeatureWeightsFiles,
  type FeatureWeightsInfo,
  featureWeightsInfo,
} from './feature-weights.js';
export { type FitBlendOptions, fitBlend } from './fit-blend.js';
export { type FeatureStepRecord, type FitFeaturesOptions, fitFeatures } from './fit-features.js';
export { type FitHeadOptions, fitHead } from './fit-head.js';
export { type FeatureMethod, featureMethods, fitMethod } from './fit-method.js';
export { foldPredictionsCsv, type ProtocolAbout, protocolJson } from './fold-results.js';
export { HeadScorer } from './head-scorer.js';
export { defaultFeatureTraining, type FeatureAugmentation, type FeatureTrainingSettings } from './settings.js';
export { evaluateTestClips, type ScoredFeatures, scoreSequences } from './use-weights.js';
