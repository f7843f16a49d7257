import { formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { maskByOutput, sumOverRows } from './plain/products.js';
import { runKernelOr } from './plain/run-kernel.js';

/**
 * `relu(x + bias)`; its gradient needs only the output.
 *
 * @param x - `[..., channels]`.
 * @param bias - `[channels]`.
 * @returns Shaped like `x`; the caller disposes it.
 * @throws ShapeError if `bias` does not fit `x`.
 */
export function biasRelu<Input extends tf.Tensor>(x: Input, bias: tf.Tensor1D): Input {
  assertShape('biasRelu', 'bias', bias, [x.shape[x.rank - 1] ?? 'channels']);
  return differentiable({
    inputs: { x, bias },
    forward: (save) => {
      const y = runKernelOr<tf.Tensor>('McoreBiasRelu', { inputs: { x, bias } }, () => tf.relu(tf.add(x, bias)));
      save([y]);
      return y;
    },
    backward: (dy, [y]) => {
      const [dx, dBias] = runKernelOr<tf.Tensor[]>('McoreBiasReluGradient', { inputs: { dy, y: y! } }, () =>
        tf.tidy(() => {
          const masked = maskByOutput(dy, y!);
          return [masked, sumOverRows(masked)];
        }),
      ) as [tf.Tensor, tf.Tensor];
      return { x: dx, bias: dBias };
    },
  }) as Input;
}

/**
 * `relu(a + b)`, the end of a residual block; its gradient needs only the output.
 *
 * @param a - Any shape.
 * @param b - Shaped like `a`.
 * @returns Shaped like `a`; the caller disposes it.
 * @throws ShapeError if the shapes differ.
 */
export function addRelu<Input extends tf.Tensor>(a: Input, b: Input): Input {
  if (formatShape(a.shape) !== formatShape(b.shape)) {
    throw new ShapeError(`addRelu: b must be ${formatShape(a.shape)} like a, got ${formatShape(b.shape)}.`);
  }
  return differentiable({
    inputs: { a, b },
    forward: (save) => {
      const y = runKernelOr<tf.Tensor>('McoreAddRelu', { inputs: { a, b } }, () => tf.relu(tf.add(a, b)));
      save([y]);
      return y;
    },
    backward: (dy, [y]) => {
      const masked = maskByOutput(dy, y!);
      return { a: masked, b: () => tf.clone(masked) };
    },
  }) as Input;
}
