export type { ContrastiveRegressorConfig } from './config.js';
export { ContrastiveRegressor } from './contrastive-regressor.js';
export { type AttentionSizes, crossAttention } from './cross-attention.js';
export { gelu } from './gelu.js';
export { layerNorm } from './layer-norm.js';
export { type ExemplarVote, voteOverExemplars } from './vote-over-exemplars.js';
