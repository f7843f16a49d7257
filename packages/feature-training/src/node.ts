export { type OpenWeights, type Shown, scoreFeatureFiles, testOnFeatures } from './feature-files.js';
export {
  type FeatureListOptions,
  openFeatureList,
  type ShortSettings,
  settingsOf,
  type TrainOnListOptions,
  trainOnList,
} from './feature-list.js';
export {
  openFeatureWeights,
  savedOptions,
  type TrainedFeatures,
  type TrainFeaturesOptions,
  trainFeatures,
} from './feature-run.js';
export { type RunFoldsOptions, runFolds } from './run-folds.js';
