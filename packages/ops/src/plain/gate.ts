import * as tf from '@tensorflow/tfjs-core';
import { sumOverRows } from '../products.js';
import { convolve, convolveFilterGradient, convolveInputGradient } from './convolution.js';

/*
 * The 3x3x3 convolution is done as one 3x3 convolution over the frames with six outputs (three time taps of two gates), of
 * which the time taps are then shifted along time and added.
 */

/** `[B, T, H, W, C]`, `[3, 3, 3, C/2, 2]` and `[2]` to `[B, T, H, W, 2]`. */
export function gateConvForward(x: tf.Tensor5D, filter: tf.Tensor5D, bias: tf.Tensor1D): tf.Tensor5D {
  const [batch, time, height, width] = x.shape;
  const taps = tf.reshape(convolve(asFrames(x), frameFilter(filter), 1), [batch, time, height * width, 3, 2]);
  const [before, here, after] = tf.split(taps, 3, 3) as [tf.Tensor5D, tf.Tensor5D, tf.Tensor5D];
  // tap 0 of frame t looks at frame t - 1, tap 2 at frame t + 1
  const sum = tf.add(tf.add(shiftTime(before, 1), here), shiftTime(after, -1));
  // one row a position: tfjs's webgpu backend can't add a vector to tensors of rank 5
  return tf.reshape(tf.add(tf.reshape(sum, [-1, 2]), bias), [batch, time, height, width, 2]);
}

/** Gradients of {@link gateConvForward} by `x`, `filter` and `bias`. */
export function gateConvBackward(dy: tf.Tensor5D, x: tf.Tensor5D, filter: tf.Tensor5D): tf.Tensor[] {
  return [inputGradient(dy, filter), filterGradient(x, dy), sumOverRows(dy)];
}

function inputGradient(dy: tf.Tensor5D, filter: tf.Tensor5D): tf.Tensor5D {
  const [batch, time, height, width] = dy.shape;
  const channels = 2 * filter.shape[3];
  const shape: [number, number, number, number] = [batch * time, height, width, channels];
  return tf.reshape(convolveInputGradient(tapGradients(dy), frameFilter(filter), 1, shape), [
    batch,
    time,
    height,
    width,
    channels,
  ]);
}

function filterGradient(x: tf.Tensor5D, dy: tf.Tensor5D): tf.Tensor5D {
  const half = x.shape[4] / 2;
  const dense = convolveFilterGradient(asFrames(x), tapGradients(dy), 1); // [3, 3, C, 3 * 2]
  const byGroup = tf.reshape(dense, [9, 2, half, 3, 2]);
  // only the products of a group's channels with its own gate belong to the filter
  const first = tf.slice(byGroup, [0, 0, 0, 0, 0], [9, 1, half, 3, 1]);
  const second = tf.slice(byGroup, [0, 1, 0, 0, 1], [9, 1, half, 3, 1]);
  const own = tf.reshape(tf.concat([first, second], 4), [9, half, 3, 2]);
  return tf.reshape(tf.transpose(own, [2, 0, 1, 3]), [3, 3, 3, half, 2]);
}

/** `[3, 3, 3, C/2, 2]` as the filter `[3, 3, C, 3 * 2]` over single frames, zero where a gate doesn't see a channel. */
function frameFilter(filter: tf.Tensor5D): tf.Tensor4D {
  const half = filter.shape[3];
  const byTap = tf.transpose(tf.reshape(filter, [3, 9, half, 2]), [1, 2, 0, 3]); // [9, C/2, 3, 2]
  const twice = tf.reshape(tf.concat([byTap, byTap], 1), [9, 2, half, 3, 2]);
  const own = tf.tensor([1, 0, 0, 1], [1, 2, 1, 1, 2]);
  return tf.reshape(tf.mul(twice, own), [3, 3, 2 * half, 6]);
}

/** Gradients of the three time taps, `[B * T, H, W, 3 * 2]`. */
function tapGradients(dy: tf.Tensor5D): tf.Tensor4D {
  const [batch, time, height, width] = dy.shape;
  const flat = tf.reshape(dy, [batch, time, height * width, 1, 2]) as tf.Tensor5D;
  const taps = tf.concat([shiftTime(flat, -1), flat, shiftTime(flat, 1)], 3);
  return tf.reshape(taps, [batch * time, height, width, 6]);
}

function asFrames(x: tf.Tensor5D): tf.Tensor4D {
  const [batch, time, height, width, channels] = x.shape;
  return tf.reshape(x, [batch * time, height, width, channels]);
}

/** Frame t of the result is frame `t - by` of a tensor of rank 5, zero outside; `by` is 1 or -1. */
function shiftTime(x: tf.Tensor5D, by: 1 | -1): tf.Tensor5D {
  const [batch, time, a, b, c] = x.shape;
  if (time === 1) {
    return tf.zerosLike(x);
  }
  const kept = tf.slice(x, [0, by === 1 ? 0 : 1, 0, 0, 0], [batch, time - 1, a, b, c]);
  const zeros = tf.zeros([batch, 1, a, b, c]);
  return tf.concat(by === 1 ? [zeros, kept] : [kept, zeros], 1) as tf.Tensor5D;
}

/** See {@link gateShift}. */
export function gateShiftForward(x: tf.Tensor5D, gate: tf.Tensor5D): tf.Tensor5D {
  const [batch, time, height, width, channels] = x.shape;
  const [x1, x2] = halves(x);
  const [g1, g2] = halves(gate);
  const y1 = tf.mul(x1, g1) as tf.Tensor5D;
  const y2 = tf.mul(x2, g2) as tf.Tensor5D;
  const out1 = tf.add(shiftTime(y1, -1), tf.sub(x1, y1)); // [B, T, H*W, 1, C/2]
  const out2 = tf.add(shiftTime(y2, 1), tf.sub(x2, y2));
  const both = tf.reshape(tf.concat([out1, out2], 3), [batch * time * height * width * 2, 2, channels / 4]);
  return tf.reshape(tf.transpose(both, [0, 2, 1]), [batch, time, height, width, channels]);
}

/** Gradients of {@link gateShiftForward} by `x` and by `gate`. */
export function gateShiftBackward(dy: tf.Tensor5D, x: tf.Tensor5D, gate: tf.Tensor5D): [tf.Tensor5D, tf.Tensor5D] {
  const [batch, time, height, width, channels] = x.shape;
  const interleaved = tf.reshape(dy, [batch * time * height * width * 2, channels / 4, 2]);
  const straight = tf.reshape(tf.transpose(interleaved, [0, 2, 1]), x.shape) as tf.Tensor5D;
  const [d1, d2] = halves(straight);
  const [x1, x2] = halves(x);
  const [g1, g2] = halves(gate);
  // what y of frame t gave to its neighbour, less what it took from its own frame
  const dy1 = tf.sub(shiftTime(d1, 1), d1);
  const dy2 = tf.sub(shiftTime(d2, -1), d2);
  const dx = tf.concat([tf.add(d1, tf.mul(g1, dy1)), tf.add(d2, tf.mul(g2, dy2))], 3);
  const dGate = tf.concat([tf.sum(tf.mul(x1, dy1), 4), tf.sum(tf.mul(x2, dy2), 4)], 3);
  return [tf.reshape(dx, x.shape), tf.reshape(dGate, gate.shape)];
}

/** The two halves of the last axis, `[B, T, H*W, 1, C/2]` each. */
function halves(x: tf.Tensor5D): [tf.Tensor5D, tf.Tensor5D] {
  const [batch, time, height, width, channels] = x.shape;
  return tf.split(tf.reshape(x, [batch, time, height * width, 2, channels / 2]), 2, 3) as [tf.Tensor5D, tf.Tensor5D];
}
