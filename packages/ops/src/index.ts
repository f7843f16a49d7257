export type { Activation } from './activation.js';
export { type BidirectionalGruWeights, bidirectionalGru } from './bidirectional-gru.js';
export { type Conv2d3x3Options, conv2d3x3 } from './conv2d3x3.js';
export { type DifferentiableOperation, differentiable, type InputGradients } from './differentiable.js';
export { type FixedNormalization, type FoldedConvolution, foldNormalization } from './fold-normalization.js';
export { gateConv3d } from './gate-conv3d.js';
export { gateShift } from './gate-shift.js';
export { type GateShiftModuleWeights, gateShiftModule } from './gate-shift-module.js';
export { type GroupedConv2dOptions, groupedConv2d } from './grouped-conv2d.js';
export type { GruDirectionWeights } from './gru.js';
export {
  biasUniform,
  constant,
  type Initializer,
  kaimingUniform,
  normal,
  normalFanOut,
  uniform,
} from './initializers.js';
export { IMAGENET_DEVIATION, IMAGENET_MEAN, normalizeFrames, type PackedFrames } from './normalize-frames.js';
export { type PointwiseOptions, pointwise } from './pointwise.js';
export { type RegisterOpsOptions, registerOps } from './register-ops.js';
export { addRelu, biasRelu } from './relu.js';
export { type FrameRange, interpolationPoint, resampleLinear } from './resample-linear.js';
export { meanOverPositions, scaleChannels } from './scale-channels.js';
export { subsample2 } from './subsample2.js';
export {
  createVariables,
  disposeVariables,
  type LoadWeightsOptions,
  loadWeights,
  type WeightMap,
  type WeightSpec,
} from './variables.js';
export type { NativeKernels } from './wasm/link-native.js';
