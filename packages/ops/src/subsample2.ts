import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { everySecond, outputSize, spreadByTwo } from './plain/convolution.js';
import { runKernelOr } from './plain/run-kernel.js';

/**
 * Every second row and column, starting with the first, `x[:, ::2, ::2, :]`: the input of a 1x1 convolution of stride 2.
 *
 * @param x - `[batch, height, width, channels]`.
 * @returns `[batch, ceil(height / 2), ceil(width / 2), channels]`; the caller disposes it.
 * @throws ShapeError if `x` has another rank.
 */
export function subsample2(x: tf.Tensor4D): tf.Tensor4D {
  assertShape('subsample2', 'x', x, ['batch', 'height', 'width', 'channels']);
  const [, height, width] = x.shape;
  return differentiable({
    inputs: { x },
    forward: () => runKernelOr<tf.Tensor4D>('McoreSubsample2', { inputs: { x } }, () => everySecond(padToEven(x))),
    backward: (dy) => ({
      x: () =>
        runKernelOr<tf.Tensor4D>('McoreSubsample2Gradient', { inputs: { dy }, attributes: { height, width } }, () =>
          spreadByTwo(dy, height, width),
        ),
    }),
  });
}

function padToEven(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (height % 2 === 0 && width % 2 === 0) {
    return x;
  }
  return tf.pad(x, [
    [0, 0],
    [0, 2 * outputSize(height, 2) - height],
    [0, 2 * outputSize(width, 2) - width],
    [0, 0],
  ]);
}
