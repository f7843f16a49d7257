export { type FineDivingLabel, fineDivingLabels, fineDivingNotice } from './bundled-labels.js';
export { type SubAction, stageTransitions } from './stage-transitions.js';
