export { type BootstrapOptions, bootstrapInterval, type PairedBootstrap, pairedBootstrap } from './bootstrap.js';
export { conformalInterval, conformalRadius } from './conformal.js';
export { fisherMean, kendall, pearson, spearman } from './correlation.js';
export { meanAbsoluteError, type RelativeL2Options, relativeL2, rootMeanSquaredError } from './differences.js';
export { averageIoU, intervalIoU, meanStageIoU, stageIoU } from './intervals.js';
export { MetricsError } from './metrics-error.js';
