import * as tf from '@tensorflow/tfjs-core';
import { runKernelOr } from './run-kernel.js';

/** One step of zeros around the two middle axes. */
function padByOne(x: tf.Tensor4D): tf.Tensor4D {
  return tf.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
}

/** Output size of a 3x3 convolution with padding 1. */
export function outputSize(size: number, stride: number): number {
  return Math.floor((size - 1) / stride) + 1;
}

/** 3x3 convolution with padding 1 on both sides; `tf.conv2d` with a numeric padding fails on tfjs-node. */
export function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, stride: number): tf.Tensor4D {
  return runKernelOr<tf.Tensor4D>('McoreConvolve', { inputs: { x, filter }, attributes: { stride } }, () =>
    tf.conv2d(padByOne(x), filter, stride, 'valid'),
  );
}

/** Gradient of {@link convolve} by its input: a convolution of the spread gradient with the flipped filter. */
export function convolveInputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  stride: number,
  inputShape: [number, number, number, number],
): tf.Tensor4D {
  const [, height, width] = inputShape;
  const spread = stride === 1 ? dy : spreadByTwo(dy, height, width);
  return convolve(spread, flip(filter), 1);
}

/** Gradient of {@link convolve} by its filter; by default one matrix product per tap, since the wasm backend lacks the kernel. */
export function convolveFilterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, stride: number): tf.Tensor4D {
  return runKernelOr<tf.Tensor4D>('McoreConvolveFilterGradient', { inputs: { x, dy }, attributes: { stride } }, () =>
    filterGradientByTaps(x, dy, stride),
  );
}

function filterGradientByTaps(x: tf.Tensor4D, dy: tf.Tensor4D, stride: number): tf.Tensor4D {
  const [batch, height, width, inputs] = x.shape;
  const [, rows, columns, outputs] = dy.shape;
  const flatDy = tf.reshape(dy, [batch * rows * columns, outputs]);
  // room for windows of rows x stride, columns x stride starting at every tap
  const padded = tf.pad(x, [
    [0, 0],
    [1, rows * stride + 2 - height - 1],
    [1, columns * stride + 2 - width - 1],
    [0, 0],
  ]);
  const taps: tf.Tensor2D[] = [];
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      const window = tf.slice(padded, [0, row, column, 0], [batch, rows * stride, columns * stride, inputs]);
      const seen = stride === 1 ? window : everySecond(window as tf.Tensor4D);
      taps.push(tf.matMul(tf.transpose(tf.reshape(seen, [batch * rows * columns, inputs])), flatDy));
    }
  }
  return tf.reshape(tf.stack(taps), [3, 3, inputs, outputs]);
}

/** `x[:, ::2, ::2, :]` of even sizes, by reshaping: tf.stridedSlice is slow on the wasm backend. */
export function everySecond(x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const pairs = tf.reshape(x, [batch * (height / 2), 2, width / 2, 2 * channels]);
  const first = tf.slice(pairs, [0, 0, 0, 0], [batch * (height / 2), 1, width / 2, channels]);
  return tf.reshape(first, [batch, height / 2, width / 2, channels]);
}

/** The transpose of {@link everySecond}: values at even positions of a map of the given size, zeros elsewhere. */
export function spreadByTwo(x: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [batch, rows, columns, channels] = x.shape;
  const flat = tf.pad(tf.reshape(x, [batch * rows, 1, columns, channels]), [
    [0, 0],
    [0, 1],
    [0, 0],
    [0, channels],
  ]);
  const spread = tf.reshape(flat, [batch, 2 * rows, 2 * columns, channels]) as tf.Tensor4D;
  if (2 * rows === height && 2 * columns === width) {
    return spread;
  }
  return tf.slice(spread, [0, 0, 0, 0], [batch, height, width, channels]);
}

/** A filter rotated by 180 degrees, with input and output channels swapped. */
function flip(filter: tf.Tensor4D): tf.Tensor4D {
  return tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
}
