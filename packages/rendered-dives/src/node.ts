export type { EncodeOptions, VideoCodec } from './encode-video.js';
export { type FineDivingLayoutOptions, type LayoutProgress, writeFineDivingLayout } from './finediving-layout.js';
export { type EncodableSurface, nodeCanvas } from './node-surface.js';
export { type WriteRecordingOptions, type WriteVideoOptions, writeRecording, writeVideo } from './video-file.js';
