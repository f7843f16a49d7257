export {
  type CeilingOptions,
  type ExecutionCeiling,
  executionCeiling,
  type SegmentationCeiling,
  segmentationCeiling,
} from './ceilings.js';
export { type ClipPlan, planClip } from './clip-plan.js';
export { type CueReading, type CueReadingOptions, cueReading } from './cue-reading.js';
export { DiveRenderer, nativeHeight, type RenderOptions, widthFor } from './dive-renderer.js';
export { type Cue, cueNoise, cues, type Deductions, deductionsOf, executionOf } from './execution.js';
export { type FrameReading, type FrameTruth, frameReadings, frameTruth } from './frame-truth.js';
export {
  type PlanRecordingOptions,
  planRecording,
  type RecordedDive,
  type RecordedReplay,
  type RecordingPlan,
  recordingLabels,
} from './plan-recording.js';
export { RecordingRenderer } from './recording-renderer.js';
export type { Scene, SceneCamera, SceneKind } from './recording-scene.js';
export { drawFrames, type RenderDiveOptions, renderDive } from './render-dive.js';
export { RenderedDives, type RenderedDivesOptions } from './rendered-dives.js';
export { browserCanvas, type DrawingContext, drawSurface, type Surface, type SurfaceFactory } from './surface.js';
export { isSpringboard, isSynchronised } from './venue.js';
export { rendererVersion } from './version.js';
export { labelNoise, type RenderableClip, type VisibleEvents, visibleEvents } from './visible-events.js';
