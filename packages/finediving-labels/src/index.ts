export {
  type FineDivingEvent,
  type FineDivingLabel,
  fineDivingLabels,
  fineDivingNotice,
  stageTransitions,
} from './labels.js';
