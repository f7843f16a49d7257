export type { PickleLimits } from './budget.js';
export { readNpy } from './npy.js';
export { type Npz, readNpz } from './npz.js';
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
