export { type BootstrapOptions, bootstrapInterval, type PairedBootstrap, pairedBootstrap } from './bootstrap.js';
export { type ClassFigures, type FiguresByClass, figuresByClass } from './by-class.js';
export { conformalInterval, conformalRadius } from './conformal.js';
export { fisherMean, kendall, pearson, spearman } from './correlation.js';
export {
  meanAbsoluteError,
  meanSquaredError,
  type RelativeL2Options,
  relativeL2,
  rootMeanSquaredError,
} from './differences.js';
export { type Fold, type FoldSummary, kFold, leaveOneGroupOut, leaveOneOut, summariseFolds } from './folds.js';
export {
  averageIoU,
  averageIoUs,
  intervalIoU,
  meanAverageIoU,
  meanStageIoU,
  stageIoU,
  stageIoUShares,
} from './intervals.js';
export { MetricsError } from './metrics-error.js';
export { panelScore } from './panel-score.js';
export { expectedScore, klDivergence, modalScore, type ScoreGrid, scoreDistribution } from './score-distribution.js';
export { accuracy, areaUnderCurve } from './verdicts.js';
