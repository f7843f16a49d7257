import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { runKernelOr } from './plain/run-kernel.js';

/**
 * Multiplies every map by its own factor, `x[n, h, w, c] * scale[n, c]`: the product at the end of squeeze-and-excitation.
 *
 * Source: Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018, equation 4.
 *
 * @param x - `[batch, height, width, channels]`.
 * @param scale - `[batch, channels]`.
 * @returns Shaped like `x`; the caller disposes it.
 * @throws ShapeError if `scale` does not fit `x`.
 */
export function scaleChannels(x: tf.Tensor4D, scale: tf.Tensor2D): tf.Tensor4D {
  assertShape('scaleChannels', 'x', x, ['batch', 'height', 'width', 'channels']);
  const [batch, , , channels] = x.shape;
  assertShape('scaleChannels', 'scale', scale, [batch, channels]);
  return differentiable({
    inputs: { x, scale },
    forward: (save) => {
      save([x, scale]);
      return runKernelOr<tf.Tensor4D>('McoreScaleChannels', { inputs: { x, scale } }, () =>
        tf.mul(x, tf.reshape(scale, [batch, 1, 1, channels])),
      );
    },
    backward: (dy, saved) => {
      const [input, factors] = saved as [tf.Tensor4D, tf.Tensor2D];
      const [dx, dScale] = runKernelOr<tf.Tensor[]>(
        'McoreScaleChannelsGradient',
        { inputs: { dy, x: input, scale: factors } },
        () =>
          tf.tidy(() => [tf.mul(dy, tf.reshape(factors, [batch, 1, 1, channels])), tf.sum(tf.mul(dy, input), [1, 2])]),
      ) as [tf.Tensor4D, tf.Tensor2D];
      return { x: dx, scale: dScale };
    },
  });
}

/**
 * Mean over height and width: the squeeze of squeeze-and-excitation, and the pooling at the end of a network.
 *
 * @param x - `[batch, height, width, channels]`.
 * @returns `[batch, channels]`; the caller disposes it.
 * @throws ShapeError if `x` has another rank.
 */
export function meanOverPositions(x: tf.Tensor4D): tf.Tensor2D {
  assertShape('meanOverPositions', 'x', x, ['batch', 'height', 'width', 'channels']);
  const [batch, height, width, channels] = x.shape;
  return differentiable({
    inputs: { x },
    forward: () => runKernelOr<tf.Tensor2D>('McoreMeanOverPositions', { inputs: { x } }, () => tf.mean(x, [1, 2])),
    backward: (dy) => ({
      x: () =>
        runKernelOr<tf.Tensor4D>(
          'McoreMeanOverPositionsGradient',
          { inputs: { dy }, attributes: { height, width } },
          () => tf.mul(tf.reshape(tf.div(dy, height * width), [batch, 1, 1, channels]), tf.ones([1, height, width, 1])),
        ),
    }),
  });
}
