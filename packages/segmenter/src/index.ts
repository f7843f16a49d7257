export { BiGruSegmenter, type BiGruSegmenterConfig, type SegmenterApplyOptions } from './bi-gru-segmenter.js';
export { decodeOrdered, decodeWindowed } from './decode.js';
export { dropout } from './dropout.js';
export type { Logits } from './logit-values.js';
export { resampleStages, resampleStageValues } from './resample-stages.js';
export { type SegmentationLossOptions, segmentationLoss } from './segmentation-loss.js';
export type { Transitions } from './transitions.js';
