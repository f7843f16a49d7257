import { formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { type Activation, assertActivation } from './activation.js';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { maskByOutput, multiplyTransposedA, multiplyTransposedB, sumOverRows } from './plain/products.js';
import { runKernelOr } from './plain/run-kernel.js';

/** Options of {@link pointwise}. */
export interface PointwiseOptions {
  /** Default `'linear'`. */
  activation?: Activation;
}

/**
 * A linear map of the last axis, `activation(x weight + bias)`: a 1x1 convolution or a linear layer.
 *
 * @param x - `[..., inputs]`, rank at least 1.
 * @param weight - `[inputs, outputs]`; PyTorch's `[out, in]` transposed.
 * @param bias - `[outputs]`, or null for none.
 * @returns `[..., outputs]`; the caller disposes it.
 * @throws ShapeError or ArgumentError if the arguments don't fit together.
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
  return differentiable<Record<string, tf.Tensor>, tf.Tensor>({
    inputs: bias ? { x, weight, bias } : { x, weight },
    forward: (save) => {
      const call = { inputs: bias ? { x, weight, bias } : { x, weight }, attributes: { relu } };
      const y = runKernelOr<tf.Tensor>('McorePointwise', call, () => plainForward(x, weight, bias, relu));
      save(relu ? [x, weight, y] : [x, weight]);
      return y;
    },
    backward: (dy, saved) => {
      const [input, weights, y] = saved as [tf.Tensor, tf.Tensor2D, tf.Tensor | undefined];
      const call = { inputs: { dy, x: input, weight: weights, ...(y ? { y } : {}) } };
      const gradients = runKernelOr<tf.Tensor[]>('McorePointwiseGradient', call, () =>
        plainBackward(dy, input, weights, y),
      );
      const [dx, dWeight, dBias] = gradients as [tf.Tensor, tf.Tensor, tf.Tensor];
      if (bias) {
        return { x: dx, weight: dWeight, bias: dBias };
      }
      dBias.dispose();
      return { x: dx, weight: dWeight };
    },
  }) as Input;
}

function plainForward(x: tf.Tensor, weight: tf.Tensor2D, bias: tf.Tensor1D | null, relu: boolean): tf.Tensor {
  const [inputs, outputs] = weight.shape;
  const product = tf.matMul(tf.reshape(x, [-1, inputs]) as tf.Tensor2D, weight);
  const sum = bias ? tf.add(product, bias) : product;
  return tf.reshape(relu ? tf.relu(sum) : sum, [...x.shape.slice(0, -1), outputs]);
}

/** All gradients together, since they share the masked gradient. */
function plainBackward(dy: tf.Tensor, x: tf.Tensor, weight: tf.Tensor2D, y: tf.Tensor | undefined): tf.Tensor[] {
  const [inputs, outputs] = weight.shape;
  const rows = tf.reshape(x, [-1, inputs]) as tf.Tensor2D;
  const masked = tf.reshape(y ? maskByOutput(dy, y) : dy, [-1, outputs]) as tf.Tensor2D;
  const dx = multiplyTransposedB(masked, weight);
  return [tf.reshape(dx, x.shape), multiplyTransposedA(rows, masked), sumOverRows(masked)];
}
