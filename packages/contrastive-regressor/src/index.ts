export type { ContrastiveRegressorConfig } from './config.js';
export { ContrastiveRegressor } from './contrastive-regressor.js';
export { type ExemplarVote, voteOverExemplars } from './vote-over-exemplars.js';
