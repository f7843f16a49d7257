import * as tf from '@tensorflow/tfjs-core';
import { type Activation, assertActivation } from './activation.js';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { assertStride } from './grouped-conv2d.js';
import { convolve, convolveFilterGradient, convolveInputGradient } from './plain/convolution.js';
import { maskByOutput, sumOverRows } from './plain/products.js';
import { runKernelOr } from './plain/run-kernel.js';

/** Stride and activation of {@link conv2d3x3}. */
export interface Conv2d3x3Options {
  stride: 1 | 2;
  activation: Activation;
}

/**
 * 3x3 convolution with padding 1 on both sides, plus bias, then the activation. Meant for the first layer of a network, with few input
 * channels. The input gradient is computed only on request.
 *
 * @param x - `[batch, height, width, inputs]`.
 * @param filter - `[3, 3, inputs, outputs]`; PyTorch's `[out, in, 3, 3]` transposed by `[2, 3, 1, 0]`.
 * @param bias - `[outputs]`.
 * @returns `[batch, ceil(height / stride), ceil(width / stride), outputs]`; the caller disposes it.
 * @throws ShapeError or ArgumentError if the arguments don't fit together.
 */
export function conv2d3x3(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D,
  options: Conv2d3x3Options,
): tf.Tensor4D {
  const { stride, activation } = options;
  assertStride('conv2d3x3', stride);
  assertActivation('conv2d3x3', activation);
  assertShape('conv2d3x3', 'x', x, ['batch', 'height', 'width', 'inputs']);
  assertShape('conv2d3x3', 'filter', filter, [3, 3, x.shape[3], 'outputs']);
  assertShape('conv2d3x3', 'bias', bias, [filter.shape[3]]);
  const relu = activation === 'relu';
  return differentiable({
    inputs: { x, filter, bias },
    forward: (save) => {
      const call = { inputs: { x, filter, bias }, attributes: { stride, relu } };
      const y = runKernelOr<tf.Tensor4D>('McoreConv2d3x3', call, () => {
        const sum = tf.add(convolve(x, filter, stride), bias) as tf.Tensor4D;
        return relu ? tf.relu(sum) : sum;
      });
      save(relu ? [x, filter, y] : [x, filter]);
      return y;
    },
    backward: (dy, saved) => {
      const [input, weights, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D | undefined];
      const masked = () => (y ? maskByOutput(dy, y) : dy);
      const call = { inputs: { dy, x: input, ...(y ? { y } : {}) }, attributes: { stride } };
      const [dFilter, dBias] = runKernelOr<tf.Tensor[]>('McoreConv2d3x3FilterGradient', call, () => [
        convolveFilterGradient(input, masked(), stride),
        sumOverRows(masked()),
      ]) as [tf.Tensor, tf.Tensor];
      return {
        x: () => convolveInputGradient(masked(), weights, stride, input.shape),
        filter: dFilter,
        bias: dBias,
      };
    },
  });
}
