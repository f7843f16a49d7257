export {
  type CheckOptions,
  type ClipProblem,
  checkFineDiving,
  type FineDivingCheck,
  formatFineDivingCheck,
} from './check.js';
export type { ClipMedia } from './clip-media.js';
export { type FineDivingDataset, type OpenFineDivingOptions, openFineDiving } from './dataset.js';
export type { LabelSource } from './labelled-clip.js';
