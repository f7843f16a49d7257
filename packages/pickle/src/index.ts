export type { PickleLimits } from './budget.js';
export { readPickle } from './read-pickle.js';
export { readTorchCheckpoint } from './read-torch-checkpoint.js';
export {
  type ElementArrays,
  type ElementType,
  isPickledArray,
  type NumericArray,
  type ObjectArray,
  type PickledArray,
  type PickleValue,
  type TextArray,
} from './values.js';
