export {
  CHECK_CONFIG,
  CHECK_FEATURES,
  checkFrames,
  checkStreamKernels,
  checkWeights,
  sampleFeatures,
} from './check-kernels.js';
export type { StreamConfig } from './config.js';
export { setStreamKernels, streamKernels } from './current-kernels.js';
export { weightSizes } from './fold-weights.js';
export { FrameStream } from './frame-stream.js';
export type { StreamFrames } from './frames.js';
export type { FrameData, KernelBackbone, KernelStream, StreamKernels } from './kernels.js';
export { type FrameSize, StreamingBackbone } from './streaming-backbone.js';
export { loadWasmKernels, type WasmOptions } from './wasm-kernels.js';
