import * as tf from '@tensorflow/tfjs-core';
import { runKernelOr } from './run-kernel.js';

/** `transpose(a) b`; by default it transposes first, since the wasm backend multiplies transposed matrices without SIMD. */
export function multiplyTransposedA(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return runKernelOr<tf.Tensor2D>('McoreMatMulTransposedA', { inputs: { a, b } }, () => tf.matMul(tf.transpose(a), b));
}

/** `a transpose(b)`, see {@link multiplyTransposedA}. */
export function multiplyTransposedB(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return runKernelOr<tf.Tensor2D>('McoreMatMulTransposedB', { inputs: { a, b } }, () => tf.matMul(a, tf.transpose(b)));
}

/** `dy` where the output of a ReLU is positive, else 0. */
export function maskByOutput<T extends tf.Tensor>(dy: T, y: T): T {
  return runKernelOr<T>('McoreReluGradient', { inputs: { dy, y } }, () => tf.mul(dy, tf.step(y)) as T);
}

/** Sum over all axes but the last. */
export function sumOverRows(x: tf.Tensor): tf.Tensor1D {
  const channels = x.shape[x.rank - 1]!;
  return runKernelOr<tf.Tensor1D>('McoreSumRows', { inputs: { x } }, () => tf.sum(tf.reshape(x, [-1, channels]), 0));
}
