import * as tf from '@tensorflow/tfjs-core';
import { outputSize } from '../plain/convolution.js';
import { runProgram } from './program.js';

/*
 * Grouped 3x3 convolution with eight channels per group: two vec4 of input channels and one vec4 of output channels per invocation.
 */

/** Approximate number of invocations that sum the filter gradient; each sums some rows of pixels. */
const SUMMING_INVOCATIONS = 32768;

/** Sizes as uniforms, of a convolution of `[images, height, width, channels]`. */
function sizes(shape: readonly number[], stride: number) {
  const [, height, width, channels] = shape as [number, number, number, number];
  const [rows, columns] = [outputSize(height, stride), outputSize(width, stride)];
  return { height, width, rows, columns, stride, fours: channels / 4 };
}

/** `activation(conv(x, filter) + bias)`. */
export function groupedForward(
  backend: tf.KernelBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  bias: tf.TensorInfo | undefined,
  stride: number,
  relu: boolean,
): tf.Tensor {
  const uniforms = sizes(x.shape, stride);
  const sum = bias ? 'sum + bias[four]' : 'sum';
  return runProgram(backend, {
    key: `grouped_${bias ? 'bias' : 'plain'}_${relu ? 'relu' : 'linear'}`,
    inputs: { x: { four: x }, taps: { four: filter }, ...(bias ? { bias: { four: bias } } : {}) },
    uniforms,
    shape: [x.shape[0]!, uniforms.rows, uniforms.columns, x.shape[3]!],
    four: true,
    body: `
      let fours = uniforms.fours;
      let four = index % fours;
      let column = (index / fours) % uniforms.columns;
      let row = (index / fours / uniforms.columns) % uniforms.rows;
      let image = index / fours / uniforms.columns / uniforms.rows;
      let first = four / 2 * 2;
      var sum = vec4<f32>(0.0);
      for (var p = 0; p < 3; p++) {
        let r = row * uniforms.stride + p - 1;
        if (r < 0 || r >= uniforms.height) { continue; }
        for (var q = 0; q < 3; q++) {
          let c = column * uniforms.stride + q - 1;
          if (c < 0 || c >= uniforms.width) { continue; }
          let at = ((image * uniforms.height + r) * uniforms.width + c) * fours + first;
          let tap = (p * 3 + q) * 8 * fours + four;
          let a = x[at];
          let b = x[at + 1];
          sum += a.x * taps[tap] + a.y * taps[tap + fours] + a.z * taps[tap + 2 * fours] + a.w * taps[tap + 3 * fours]
            + b.x * taps[tap + 4 * fours] + b.y * taps[tap + 5 * fours] + b.z * taps[tap + 6 * fours] + b.w * taps[tap + 7 * fours];
        }
      }
      result[index] = ${relu ? `max(${sum}, vec4<f32>(0.0))` : sum};`,
  });
}

/** Gradient by x. */
export function groupedInputGradient(
  backend: tf.KernelBackend,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  stride: number,
  shape: readonly number[],
): tf.Tensor {
  return runProgram(backend, {
    key: 'grouped_input_gradient',
    inputs: { dy: { four: dy }, taps: { four: filter } },
    uniforms: sizes(shape, stride),
    shape,
    four: true,
    body: `
      let fours = uniforms.fours;
      let four = index % fours;
      let column = (index / fours) % uniforms.width;
      let row = (index / fours / uniforms.width) % uniforms.height;
      let image = index / fours / uniforms.width / uniforms.height;
      let first = four / 2 * 2;
      let own = four % 2 * 4;
      var sum = vec4<f32>(0.0);
      for (var p = 0; p < 3; p++) {
        let r = row + 1 - p;
        if (r < 0 || r % uniforms.stride != 0 || r / uniforms.stride >= uniforms.rows) { continue; }
        for (var q = 0; q < 3; q++) {
          let c = column + 1 - q;
          if (c < 0 || c % uniforms.stride != 0 || c / uniforms.stride >= uniforms.columns) { continue; }
          let at = ((image * uniforms.rows + r / uniforms.stride) * uniforms.columns + c / uniforms.stride) * fours + first;
          let tap = ((p * 3 + q) * 8 + own) * fours + first;
          let a = dy[at];
          let b = dy[at + 1];
          sum += vec4<f32>(
            dot(a, taps[tap]) + dot(b, taps[tap + 1]),
            dot(a, taps[tap + fours]) + dot(b, taps[tap + fours + 1]),
            dot(a, taps[tap + 2 * fours]) + dot(b, taps[tap + 2 * fours + 1]),
            dot(a, taps[tap + 3 * fours]) + dot(b, taps[tap + 3 * fours + 1]));
        }
      }
      result[index] = sum;`,
  });
}

/** Gradient by the filter: partial sums over some rows of pixels each, then their sum. */
export function groupedFilterGradient(
  backend: tf.KernelBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  stride: number,
): tf.Tensor {
  const uniforms = sizes(x.shape, stride);
  const channels = x.shape[3]!;
  const rows = x.shape[0]! * uniforms.rows;
  const parts = Math.max(1, Math.min(rows, Math.floor(SUMMING_INVOCATIONS / (18 * channels))));
  const partial = runProgram(backend, {
    key: 'grouped_filter_gradient',
    inputs: { x, dy: { four: dy } },
    uniforms: { ...uniforms, all: rows, share: Math.ceil(rows / parts) },
    shape: [parts, 72 * channels],
    four: true,
    body: `
      let fours = uniforms.fours;
      let four = index % fours;
      let entry = (index / fours) % 72;
      let part = index / fours / 72;
      let p = entry / 8 / 3;
      let q = entry / 8 % 3;
      let channel = four / 2 * 8 + entry % 8;
      var sum = vec4<f32>(0.0);
      for (var row = part * uniforms.share; row < min((part + 1) * uniforms.share, uniforms.all); row++) {
        let r = row % uniforms.rows * uniforms.stride + p - 1;
        if (r < 0 || r >= uniforms.height) { continue; }
        let image = row / uniforms.rows;
        for (var column = 0; column < uniforms.columns; column++) {
          let c = column * uniforms.stride + q - 1;
          if (c < 0 || c >= uniforms.width) { continue; }
          let value = x[((image * uniforms.height + r) * uniforms.width + c) * fours * 4 + channel];
          sum += value * dy[(row * uniforms.columns + column) * fours + four];
        }
      }
      result[index] = sum;`,
  });
  return tf.reshape(tf.sum(partial, 0), [3, 3, 8, channels]);
}
