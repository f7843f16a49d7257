import { ArgumentError, ShapeError } from '@mcore/errors';
import type * as tf from '@tensorflow/tfjs-core';
import { type Activation, assertActivation } from './activation.js';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { groupedBackward, groupedForward } from './plain/grouped.js';
import { runKernelOr } from './plain/run-kernel.js';

/** Options of {@link groupedConv2d}. */
export interface GroupedConv2dOptions {
  stride: 1 | 2;
  /** Number of groups; must divide the channels. Input and output have the same number of channels. */
  groups: number;
  /** `[channels]`, added to the sums; default none. */
  bias?: tf.Tensor1D;
  /** Default `'linear'`. */
  activation?: Activation;
}

/**
 * Grouped 3x3 convolution: every group of channels reads only its own channels. Padding is 1 on both sides, as in PyTorch. Bias and
 * activation follow at almost no cost.
 *
 * `y[n, i, j, o] = sum over p, q, k of x[n, i * stride + p - 1, j * stride + q - 1, group(o) * width + k] * filter[p, q, k, o]`
 * with `width = channels / groups`. tfjs itself has no such operation (tensorflow/tfjs issue 3900).
 *
 * Source: Krizhevsky et al. 2012, section 3.5; Xie et al., "Aggregated Residual Transformations", CVPR 2017.
 *
 * @param x - `[batch, height, width, channels]`.
 * @param filter - `[3, 3, channels / groups, channels]`; PyTorch's `[out, in, 3, 3]` transposed by `[2, 3, 1, 0]`.
 * @returns `[batch, ceil(height / stride), ceil(width / stride), channels]`; the caller disposes it.
 * @throws ShapeError or ArgumentError if the arguments don't fit together.
 */
export function groupedConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, options: GroupedConv2dOptions): tf.Tensor4D {
  const { stride, groups, bias, activation = 'linear' } = options;
  assertStride('groupedConv2d', stride);
  assertActivation('groupedConv2d', activation);
  assertShape('groupedConv2d', 'x', x, ['batch', 'height', 'width', 'channels']);
  const channels = x.shape[3];
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new ShapeError(`groupedConv2d: groups must divide the ${channels} channels of x, got ${groups}.`);
  }
  assertShape('groupedConv2d', 'filter', filter, [3, 3, channels / groups, channels]);
  if (bias) {
    assertShape('groupedConv2d', 'bias', bias, [channels]);
  }
  const relu = activation === 'relu';
  const withBias = bias !== undefined;
  return differentiable<Record<string, tf.Tensor>, tf.Tensor4D>({
    inputs: bias ? { x, filter, bias } : { x, filter },
    forward: (save) => {
      const call = { inputs: bias ? { x, filter, bias } : { x, filter }, attributes: { stride, groups, relu } };
      const y = runKernelOr<tf.Tensor4D>('McoreGroupedConv2d', call, () =>
        groupedForward(x, filter, bias, { stride, groups, relu }),
      );
      save(relu ? [x, filter, y] : [x, filter]);
      return y;
    },
    backward: (dy, saved) => {
      const [input, weights, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D | undefined];
      const attributes = { stride, groups, withBias };
      const inputs = { dy, x: input, filter: weights, ...(y ? { y } : {}) };
      const gradients = runKernelOr<tf.Tensor[]>('McoreGroupedConv2dGradient', { inputs, attributes }, () =>
        groupedBackward(dy, y, input, weights, attributes),
      );
      const [dx, dFilter, dBias] = gradients as [tf.Tensor, tf.Tensor, tf.Tensor];
      return withBias ? { x: dx, filter: dFilter, bias: dBias } : { x: dx, filter: dFilter };
    },
  });
}

/** Throws unless the kernels support a stride. */
export function assertStride(caller: string, stride: number): void {
  if (stride !== 1 && stride !== 2) {
    throw new ArgumentError(`${caller}: stride must be 1 or 2, got ${stride}.`);
  }
}
