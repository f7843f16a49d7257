export { type FineDivingLayoutOptions, type LayoutProgress, writeFineDivingLayout } from './finediving-layout.js';
export { type EncodableSurface, nodeCanvas } from './node-surface.js';
export { type VideoCodec, type WriteVideoOptions, writeVideo } from './video-file.js';
