export type { FrameSize } from './resample.js';
export { sampleIndices } from './sample-indices.js';
export { sampleTransitions, type TransitionConvention } from './sample-transitions.js';
export { type ClipSample, emptyColor, padFrames, sampleClip } from './short-clips.js';
export {
  type Augmentation,
  centerCrop,
  chooseAugmentation,
  type FrameTransform,
  frameTransforms,
  resizeFrames,
  transformFrames,
  transformOfSize,
} from './transforms.js';
export type { Clip, ClipSource, Frames } from './types.js';
