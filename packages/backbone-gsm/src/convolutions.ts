import { type Activation, conv2d3x3, groupedConv2d, pointwise, subsample2 } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';

/**
 * A kind of convolution: `activation(x * filter + bias)`.
 *
 * @param x - `[frames, height, width, inputs]`.
 * @param filter - `[kernel height, kernel width, inputs per group, outputs]`.
 * @param bias - `[outputs]`.
 */
export type Convolution = (
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  activation: Activation,
) => tf.Tensor4D;

/** 3x3 with stride 2 and padding 1. */
export const stemConvolution: Convolution = (x, filter, bias, activation) =>
  conv2d3x3(x, filter, bias, { stride: 2, activation });

/** 1x1. */
export const pointwiseConvolution: Convolution = (x, filter, bias, activation) => {
  const [, , inputs, outputs] = filter.shape;
  return pointwise(x, tf.reshape(filter, [inputs, outputs]), bias, { activation });
};

/** 1x1 with stride 2: every second row and column, starting with the first. */
export const stridedPointwiseConvolution: Convolution = (x, filter, bias, activation) =>
  pointwiseConvolution(subsample2(x), filter, bias, activation);

/** 3x3 in groups, padding 1. */
export function groupedConvolution(stride: 1 | 2, groups: number): Convolution {
  return (x, filter, bias, activation) => groupedConv2d(x, filter, { stride, groups, bias, activation });
}
