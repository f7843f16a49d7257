import { formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { type Activation, assertActivation } from './activation.js';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { maskByOutput, multiplyTransposedA, multiplyTransposedB, sumOverRows } from './products.js';
import { hasKernel, runKernel } from './run-kernel.js';

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
  return differentiable({
    inputs: bias ? { x, weight, bias } : { x, weight },
    forward: (save) => {
      const y = tf.reshape(forward(tf.reshape(x, [-1, inputs]), weight, bias, activation), shape);
      save(relu ? [x, weight, y] : [x, weight]);
      return y;
    },
    backward: (dy, saved) => {
      const [input, weights, output] = saved as [tf.Tensor, tf.Tensor2D, tf.Tensor | undefined];
      return backward(dy, input, weights, output, bias !== null);
    },
  }) as Input;
}

function forward(rows: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D | null, activation: Activation): tf.Tensor {
  if (bias && hasKernel('McorePointwise')) {
    return runKernel<tf.Tensor>('McorePointwise', { inputs: { x: rows, weight, bias }, attributes: { activation } });
  }
  const product = tf.matMul(rows, weight);
  const sum = bias ? tf.add(product, bias) : product;
  return activation === 'relu' ? tf.relu(sum) : sum;
}

/** All gradients at once: they share the masked gradient. */
function backward(dy: tf.Tensor, x: tf.Tensor, weight: tf.Tensor2D, y: tf.Tensor | undefined, withBias: boolean) {
  const [inputs, outputs] = weight.shape;
  const gradients = tf.tidy(() => {
    const rows = tf.reshape(x, [-1, inputs]) as tf.Tensor2D;
    const flat = tf.reshape(dy, [-1, outputs]) as tf.Tensor2D;
    const flatY = y && (tf.reshape(y, [-1, outputs]) as tf.Tensor2D);
    if (hasKernel('McorePointwiseGradient')) {
      const activation = flatY ? 'relu' : 'linear';
      return runKernel<tf.Tensor[]>('McorePointwiseGradient', {
        inputs: { dy: flat, x: rows, weight, y: flatY ?? flat },
        attributes: { activation },
      });
    }
    const masked = flatY ? maskByOutput(flat, flatY) : flat;
    return [multiplyTransposedB(masked, weight), multiplyTransposedA(rows, masked), sumOverRows(masked)];
  });
  const [dx, dWeight, dBias] = gradients as [tf.Tensor, tf.Tensor, tf.Tensor];
  const shaped = tf.reshape(dx, x.shape);
  dx.dispose();
  if (!withBias) {
    dBias.dispose();
    return { x: shaped, weight: dWeight };
  }
  return { x: shaped, weight: dWeight, bias: dBias };
}
