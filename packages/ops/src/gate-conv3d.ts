import { ShapeError } from '@mcore/errors';
import type * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { gateConvBackward, gateConvForward } from './plain/gate.js';
import { runKernelOr } from './plain/run-kernel.js';

/**
 * The convolution of a gate-shift module: 3x3x3 over time, height and width, padding 1, two groups, one output per group. Output 0 reads
 * the first half of the channels, output 1 the second.
 *
 * Source: Sudhakaran et al., "Gate-Shift Networks for Video Action Recognition", CVPR 2020, section 3.
 *
 * @param x - `[batch, time, height, width, channels]`, an even number of channels.
 * @param filter - `[3, 3, 3, channels / 2, 2]` (time, height, width, channel within the group, group); PyTorch's
 * `[2, channels / 2, 3, 3, 3]` transposed by `[2, 3, 4, 1, 0]`.
 * @param bias - `[2]`.
 * @returns `[batch, time, height, width, 2]`, without an activation; the caller disposes it.
 * @throws ShapeError if the arguments don't fit together.
 */
export function gateConv3d(x: tf.Tensor5D, filter: tf.Tensor5D, bias: tf.Tensor1D): tf.Tensor5D {
  assertShape('gateConv3d', 'x', x, ['batch', 'time', 'height', 'width', 'channels']);
  const channels = x.shape[4];
  if (channels % 2 !== 0) {
    throw new ShapeError(`gateConv3d: x must have an even number of channels, got ${channels}.`);
  }
  assertShape('gateConv3d', 'filter', filter, [3, 3, 3, channels / 2, 2]);
  assertShape('gateConv3d', 'bias', bias, [2]);
  return differentiable({
    inputs: { x, filter, bias },
    forward: (save) => {
      save([x, filter]);
      return runKernelOr<tf.Tensor5D>('McoreGateConv3d', { inputs: { x, filter, bias } }, () =>
        gateConvForward(x, filter, bias),
      );
    },
    backward: (dy, saved) => {
      const [input, weights] = saved as [tf.Tensor5D, tf.Tensor5D];
      const call = { inputs: { dy, x: input, filter: weights } };
      const gradients = runKernelOr<tf.Tensor[]>('McoreGateConv3dGradient', call, () =>
        gateConvBackward(dy, input, weights),
      );
      const [dx, dFilter, dBias] = gradients as [tf.Tensor, tf.Tensor, tf.Tensor];
      return { x: dx, filter: dFilter, bias: dBias };
    },
  });
}
