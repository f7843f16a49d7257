export {
  openFeatureWeights,
  savedOptions,
  type TrainedFeatures,
  type TrainFeaturesOptions,
  trainFeatures,
} from './feature-run.js';
export { KeptFolds } from './kept-folds.js';
