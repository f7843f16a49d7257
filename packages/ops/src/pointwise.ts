import { formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { type Activation, assertActivation } from './activation.js';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { maskByOutput, multiplyTransposedA, multiplyTransposedB, sumOverRows } from './products.js';
import { runKernelOr } from './run-kernel.js';

export interface PointwiseOptions {
  /** Default `'linear'`. */
  activation?: Activation;
}

/**
 * A linear map of the last axis, `activation(x weight + bias)`: a 1x1 convolution or a linear layer.
 *
 * @param x - `[..., inputs]`, any rank from 1 on.
 * @param weight - `[inputs, outputs]`; PyTorch's `[out, in]` transposed.
 * @param bias - `[outputs]`, or null for none.
 * @returns `[..., outputs]`; the caller disposes it.
 * @throws ShapeError or ArgumentError where the arguments don't fit together.
 */
export function pointwise<Input extends tf.Tensor>(
  x: Input,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  options: PointwiseOptions = {},
): Input {
  const { activation = 'linear' } = options;
  assertActivation('pointwise', activation);
  if (x.rank < 1) {
    throw new ShapeError(`pointwise: x must be [..., inputs], got ${formatShape(x.shape)}.`);
  }
  const inputs = x.shape[x.rank - 1]!;
  assertShape('pointwise', 'weight', weight, [inputs, 'outputs']);
  const outputs = weight.shape[1];
  if (bias) {
    assertShape('pointwise', 'bias', bias, [outputs]);
  }
  const relu = activation === 'relu';
  const shape = [...x.shape.slice(0, -1), outputs];
  return differentiable<Record<string, tf.Tensor>, tf.Tensor>({
    inputs: bias ? { x, weight, bias } : { x, weight },
    forward: (save) => {
      const y = tf.reshape(forward(tf.reshape(x, [-1, inputs]), weight, bias, relu), shape);
      save(relu ? [x, weight, y] : [x, weight]);
      return y;
    },
    backward: (dy, saved) => {
      const [input, weights, output] = saved as [tf.Tensor, tf.Tensor2D, tf.Tensor | undefined];
      return backward(dy, input, weights, output, bias !== null);
    },
  }) as Input;
}

function forward(rows: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D | null, relu: boolean): tf.Tensor2D {
  const call = { inputs: { x: rows, weight, ...(bias ? { bias } : {}) }, attributes: { relu } };
  return runKernelOr<tf.Tensor2D>('McorePointwise', call, () => {
    const product: tf.Tensor2D = tf.matMul(rows, weight);
    const sum = bias ? (tf.add(product, bias) as tf.Tensor2D) : product;
    return relu ? (tf.relu(sum) as tf.Tensor2D) : sum;
  });
}

/** All gradients at once: they share the masked gradient. */
function backward(dy: tf.Tensor, x: tf.Tensor, weight: tf.Tensor2D, output: tf.Tensor | undefined, withBias: boolean) {
  return tf.tidy(() => {
    const [inputs, outputs] = weight.shape;
    const rows = tf.reshape(x, [-1, inputs]) as tf.Tensor2D;
    const flat = tf.reshape(dy, [-1, outputs]) as tf.Tensor2D;
    const y = output && (tf.reshape(output, [-1, outputs]) as tf.Tensor2D);
    const call = { inputs: { dy: flat, x: rows, weight, ...(y ? { y } : {}) } };
    const gradients = runKernelOr<tf.Tensor[]>('McorePointwiseGradient', call, () => {
      const masked = y ? maskByOutput(flat, y) : flat;
      return [multiplyTransposedB(masked, weight), multiplyTransposedA(rows, masked), sumOverRows(masked)];
    });
    const [dx, dWeight, dBias] = gradients as [tf.Tensor, tf.Tensor, tf.Tensor];
    const shaped = tf.reshape(dx, x.shape);
    return withBias ? { x: shaped, weight: dWeight, bias: dBias } : { x: shaped, weight: dWeight };
  });
}
