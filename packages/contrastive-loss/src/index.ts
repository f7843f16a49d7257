export { type StageContrastiveLossOptions, stageContrastiveLoss } from './stage-contrastive-loss.js';
