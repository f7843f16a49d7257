export {
  type CheckClipsOptions,
  type CheckedProblem,
  type ClipsCheck,
  checkClips,
  formatClipsCheck,
} from './check-clips.js';
export { type ClipFold, clipFolds } from './clip-folds.js';
export { ClipSet } from './clip-set.js';
export { type DiveKind, diveDistance } from './dive-distance.js';
export { type Direction, type DiveNumber, isDiveNumber, type Position, parseDiveNumber } from './dive-number.js';
export { drawTestClips } from './draw-test-clips.js';
export { formatExemplars, parseExemplars } from './exemplar-json.js';
export { chooseExemplars, type ExemplarChoice, type ExemplarList, ExemplarPool } from './exemplars.js';
export type { FeatureClip, FeatureSequence, FeatureSource } from './features.js';
export { labelsFingerprint } from './fingerprint.js';
export { leftOutNote, partOfSource, withoutUnreadable } from './part-of-source.js';
export { problemLines } from './problem-lines.js';
export { RENDERED_MARK } from './rendered-mark.js';
export type { FrameSize } from './resample.js';
export { averageSteps, resampleSteps, sampleSteps } from './resample-steps.js';
export { sampleIndices } from './sample-indices.js';
export { sampleTransitions, type TransitionConvention } from './sample-transitions.js';
export { type ScoreOf, scoreFunctions } from './score-functions.js';
export { notesOf } from './source-notes.js';
export { type SplitKind, type SplitLimits, splitClips, validationHalves } from './split-clips.js';
export { type ClipSplit, carveValidation, eventOfCompetition, heldOutEvents, officialSplit } from './splits.js';
export { equalParts, stagesOf } from './stages.js';
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
export type { Clip, ClipSource, Frames, ReadFramesOptions, Rendering } from './types.js';
