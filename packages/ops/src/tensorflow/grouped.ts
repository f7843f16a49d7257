import * as tf from '@tensorflow/tfjs-core';
import { spreadByTwo } from '../plain/convolution.js';
import { blockMask } from '../plain/grouped.js';
import type { RawOps } from './raw-ops.js';

/*
 * On a CPU, TensorFlow supports grouped convolutions but not their gradients, so the gradients are written as forward convolutions.
 */

/**
 * Up to this many channels, the filter gradient is computed as that of a dense convolution, and the diagonal blocks are kept. This is
 * faster than the rearrangement in {@link asForward} (measured with oneDNN, 96 frames).
 */
const DENSE_CHANNELS = 56;

/** Input gradient: a grouped convolution of the spread gradient with the filter flipped within its groups. */
export function groupedInputGradient(
  ops: RawOps,
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  stride: number,
  groups: number,
  height: number,
  width: number,
): tf.Tensor4D {
  const spread = stride === 1 ? dy : spreadByTwo(dy, height, width);
  return ops.convolve(spread, flipWithinGroups(filter, groups), {});
}

/** Filter gradient, by the faster of two methods. */
export function groupedFilterGradient(
  ops: RawOps,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  stride: number,
  groups: number,
): tf.Tensor4D {
  const channels = x.shape[3];
  return channels <= DENSE_CHANNELS && groups > 1
    ? byDense(ops, x, dy, stride, groups)
    : asForward(ops, x, dy, stride, groups);
}

function byDense(ops: RawOps, x: tf.Tensor4D, dy: tf.Tensor4D, stride: number, groups: number): tf.Tensor4D {
  const channels = x.shape[3];
  const width = channels / groups;
  const sizes = tf.tensor1d([3, 3, channels, channels], 'int32');
  const dense = ops.convolveFilterGradient(x, sizes, dy, { stride });
  const blocks = tf.reshape(tf.mul(dense, blockMask(channels, width)), [9, groups, width * channels]);
  return tf.reshape(tf.sum(blocks, 1), [3, 3, width, channels]);
}

/**
 * The filter gradient as a grouped convolution of x by dy: a batch of the channels within a group, channels of
 * groups x images, one group for each group of an image; the stride becomes a dilation.
 */
function asForward(ops: RawOps, x: tf.Tensor4D, dy: tf.Tensor4D, stride: number, groups: number): tf.Tensor4D {
  const [images, height, width, channels] = x.shape;
  const inner = channels / groups;
  const [, rows, columns] = dy.shape;
  const parts = tf.reshape(x, [images, height, width, groups, inner]);
  const batch: tf.Tensor4D = tf.reshape(tf.transpose(parts, [4, 1, 2, 3, 0]), [inner, height, width, groups * images]);
  const asFilter = tf.transpose(dy, [1, 2, 0, 3]); // [rows, columns, images, C]
  // 3 x 3 results: rows and columns that no window reaches are cut off by padding less
  const bottom = stride * (rows - 1) + 3 - height - 1;
  const right = stride * (columns - 1) + 3 - width - 1;
  const padded = tf.pad(batch, [
    [0, 0],
    [1, Math.max(0, bottom)],
    [1, Math.max(0, right)],
    [0, 0],
  ]) as tf.Tensor4D;
  const result = ops.convolve(padded, asFilter, { padding: [0, 0], dilation: stride }); // [inner, >= 3, >= 3, C]
  return tf.transpose(tf.slice(result, [0, 0, 0, 0], [inner, 3, 3, channels]), [1, 2, 0, 3]);
}

/** Rotates the filter by 180 degrees and swaps input and output channels of every group. */
function flipWithinGroups(filter: tf.Tensor4D, groups: number): tf.Tensor4D {
  const [, , inner, channels] = filter.shape;
  const turned = tf.reshape(tf.reverse(filter, [0, 1]), [9, inner, groups, channels / groups]);
  return tf.reshape(tf.transpose(turned, [0, 3, 2, 1]), [3, 3, channels / groups, groups * inner]);
}
