export { type ConfigOf, type HeadConfig, headConfig, headConfigSchema, METHODS, type MethodName } from './config.js';
export type { CoreConfig } from './core/config.js';
export { createHead } from './create-head.js';
export {
  type BorderClip,
  FINEDIVING_QUALITY_BORDERS,
  groupBorders,
  pairDifferences,
} from './groups/group-borders.js';
export type { HpMcoreConfig } from './hp-mcore/config.js';
export {
  PUBLISHED_ROWS,
  type PublishedBenchmark,
  type PublishedRow,
  publishedRows,
  SELECTION_NOTES,
  type Selection,
} from './published-rows.js';
export type { Rica2Config } from './rica2/config.js';
export { DIVE_STEP_GROUPS, DIVE_STEPS, diveSteps } from './rica2/dive-steps.js';
export type { CommonConfig } from './shared/common-config.js';
export type {
  ClipFeatures,
  ClipLabel,
  EncodedClip,
  Head,
  HeadLosses,
  HeadNeeds,
  HeadPrediction,
  LabelledClips,
  LossOptions,
  QueryLabel,
  ScoredExemplar,
  TrainingBatch,
} from './shared/head.js';
export type { TptConfig } from './tpt/config.js';
export type { TsaConfig } from './tsa/config.js';
export type { MusdlConfig, UsdlConfig } from './usdl/config.js';
export { countingMarks } from './usdl/counting-marks.js';
