import * as tf from '@tensorflow/tfjs-core';
import { convolve, convolveFilterGradient, convolveInputGradient } from './convolution.js';
import { multiplyTransposedB, sumOverRows } from './products.js';

/*
 * The 3x3x3 convolution is one 3x3 convolution over frames with six outputs (three time taps of two gates). The time taps are then shifted
 * along time and added.
 */

/** `[B, T, H, W, C]`, `[3, 3, 3, C/2, 2]` and `[2]` to `[B, T, H, W, 2]`. */
export function gateConvForward(x: tf.Tensor5D, filter: tf.Tensor5D, bias: tf.Tensor1D): tf.Tensor5D {
  const [batch, time, height, width] = x.shape;
  const taps = tf.reshape(convolve(asFrames(x), frameFilter(filter), 1), [batch, time, height * width, 3, 2]);
  const [before, here, after] = tf.split(taps, 3, 3) as [tf.Tensor5D, tf.Tensor5D, tf.Tensor5D];
  // tap 0 of frame t reads frame t - 1, tap 2 reads frame t + 1
  const sum = tf.add(tf.add(shiftTime(before, 1), here), shiftTime(after, -1));
  // one row per position: tfjs's webgpu backend can't add a vector to tensors of rank 5
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

/** `[3, 3, 3, C/2, 2]` as the filter `[3, 3, C, 3 * 2]` over single frames, zero if a gate does not read a channel. */
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
  const [batch, time, ...rest] = x.shape;
  if (time === 1) {
    return tf.zerosLike(x);
  }
  const size = tf.util.sizeFromShape(rest);
  const flat = tf.reshape(x, [batch, time * size]);
  const kept = tf.slice(flat, [0, by === 1 ? 0 : size], [batch, (time - 1) * size]);
  const zeros = tf.zeros([batch, size]);
  return tf.reshape(tf.concat(by === 1 ? [zeros, kept] : [kept, zeros], 1), x.shape);
}

/*
 * The shift works on rows of channels. Splitting, interleaving and joining channels is slow on every backend, so products with small
 * matrices of zeros and ones replace it, with identical values.
 */

/** See {@link gateShift}. */
export function gateShiftForward(x: tf.Tensor5D, gate: tf.Tensor5D): tf.Tensor5D {
  const { rows, shift, first, second, ofHalf } = shiftingOf(x.shape);
  const flat = rows(x);
  const moving = tf.mul(flat, tf.matMul(rows(gate), ofHalf)) as tf.Tensor2D;
  const staying = tf.matMul(tf.sub(flat, moving) as tf.Tensor2D, tf.add(first, second) as tf.Tensor2D);
  const moved = tf.add(shift(tf.matMul(moving, first), -1), shift(tf.matMul(moving, second), 1));
  return tf.reshape(tf.add(staying, moved), x.shape);
}

/** Gradients of {@link gateShiftForward} by `x` and by `gate`. */
export function gateShiftBackward(dy: tf.Tensor5D, x: tf.Tensor5D, gate: tf.Tensor5D): [tf.Tensor5D, tf.Tensor5D] {
  const { rows, shift, first, second, ofHalf } = shiftingOf(x.shape);
  const ofFirst = multiplyTransposedB(rows(dy), first); // as x lies, the other half zero
  const ofSecond = multiplyTransposedB(rows(dy), second);
  const straight = tf.add(ofFirst, ofSecond);
  // what a channel's moving part added to the neighbouring frame, minus what it took from its own
  const dMoving = tf.sub(tf.add(shift(ofFirst, 1), shift(ofSecond, -1)), straight) as tf.Tensor2D;
  const dx = tf.add(straight, tf.mul(dMoving, tf.matMul(rows(gate), ofHalf)));
  const dGate = multiplyTransposedB(tf.mul(rows(x), dMoving) as tf.Tensor2D, ofHalf);
  return [tf.reshape(dx, x.shape), tf.reshape(dGate, gate.shape)];
}

/** Matrices to shift features of a shape. */
function shiftingOf([batch, time, height, width, channels]: tf.Tensor5D['shape']) {
  const count = batch * time * height * width;
  const [half, quarter] = [channels / 2, channels / 4];
  // [from, to] of the interleave: channel i * quarter + j of a half becomes its channel 2 * j + i
  const interleave = [new Float32Array(channels * channels), new Float32Array(channels * channels)];
  const halves = new Float32Array(2 * channels);
  for (let from = 0; from < channels; from++) {
    const side = Math.floor(from / half);
    const place = from % half;
    const to = side * half + 2 * (place % quarter) + Math.floor(place / quarter);
    interleave[side]![from * channels + to] = 1;
    halves[side * channels + from] = 1;
  }
  return {
    /** One row per position. */
    rows: (x: tf.Tensor5D): tf.Tensor2D => tf.reshape(x, [count, x.shape[4]]),
    /** Frame t of the result is frame `t - by`, zero outside. */
    shift: (x: tf.Tensor2D, by: 1 | -1): tf.Tensor2D =>
      tf.reshape(shiftTime(tf.reshape(x, [batch, time, height * width, 1, channels]), by), [count, channels]),
    /** Interleaves the first half of the channels and drops the second; `[channels, channels]`. */
    first: tf.tensor2d(interleave[0]!, [channels, channels]),
    /** The same for the second half. */
    second: tf.tensor2d(interleave[1]!, [channels, channels]),
    /** Gives every channel the gate of its half, `[2, channels]`. */
    ofHalf: tf.tensor2d(halves, [2, channels]),
  };
}
