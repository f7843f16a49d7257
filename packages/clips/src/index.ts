export { sampleIndices } from './sample-indices.js';
export { sampleTransitions, type TransitionConvention } from './sample-transitions.js';
export type { Clip, ClipSource, Frames } from './types.js';
