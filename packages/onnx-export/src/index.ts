export { backboneOnnx, type OnnxOptions } from './backbone-onnx.js';
export { OPSET } from './onnx-model.js';
export { type RegressorOnnxOptions, regressorOnnx } from './regressor-onnx.js';
export { segmenterOnnx } from './segmenter-onnx.js';
export type { Weights, WeightTensor } from './weights.js';
