export { type FeatureModelConfig, type FeatureModelOptions, featureModelConfig } from './config.js';
export { type FeatureBatch, type FeatureLosses, featureLosses } from './feature-loss.js';
export { FeatureModel } from './feature-model.js';
export { type AdapterLayer, TemporalAdapter, type TemporalAdapterConfig } from './temporal-adapter.js';
