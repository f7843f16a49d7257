export type { ScoreOf } from '@mcore/clips';
export { type AngleOptions, sineCosine, unwrapAngles } from './angles.js';
export {
  type ArrayFile,
  type FeatureFormat,
  featureFormats,
  joinChannels,
  openArrayFile,
  sequenceOf,
} from './decode-features.js';
export { FeatureDataset, type FeatureProblem } from './feature-dataset.js';
export { featureLimits } from './limits.js';
export { listsFeatures } from './lists-features.js';
export { type OpenFeaturesOptions, openFeatures, readFeatures } from './open-features.js';
export {
  type FeatureEntry,
  type ParsedFeatureManifest,
  type ParseFeatureManifestOptions,
  parseFeatureManifest,
} from './parse-feature-manifest.js';
export type { NumberArray } from './parse-text-array.js';
export { type FeaturePreparation, prepareFeatures } from './prepare-features.js';
