import * as tf from '@tensorflow/tfjs-core';
import { convolve, convolveFilterGradient, convolveInputGradient } from './convolution.js';
import { maskByOutput, sumOverRows } from './products.js';

/**
 * Groups are combined up to about this many channels and convolved with a block-diagonal dense filter. Small chunks multiply few zeros;
 * large chunks need few convolutions.
 */
const CHUNK_CHANNELS = 64;

/** `activation(conv(x, filter) + bias)` with `tf.conv2d`, on any backend. */
export function groupedForward(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D | undefined,
  { stride, groups, relu }: { stride: number; groups: number; relu: boolean },
): tf.Tensor4D {
  const chunks = chunksOf(x.shape[3], groups);
  const inputs = splitChannels(x, chunks);
  const filters = splitChannels(filter, chunks);
  const width = filter.shape[2];
  const product = joinChannels(
    inputs.map((input, index) => convolve(input, blockDiagonal(filters[index]!, width), stride)),
  );
  const sum = bias ? (tf.add(product, bias) as tf.Tensor4D) : product;
  return relu ? tf.relu(sum) : sum;
}

/** Gradients of {@link groupedForward} by `x`, `filter` and, if expected, `bias`; `y` is its output if it had a ReLU. */
export function groupedBackward(
  dy: tf.Tensor4D,
  y: tf.Tensor4D | undefined,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  { stride, groups, withBias }: { stride: number; groups: number; withBias: boolean },
): tf.Tensor[] {
  const masked = y ? maskByOutput(dy, y) : dy;
  const dx = inputGradient(masked, filter, stride, groups, x.shape);
  const dFilter = filterGradient(x, masked, stride, groups);
  return withBias ? [dx, dFilter, sumOverRows(masked)] : [dx, dFilter];
}

function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  stride: number,
  groups: number,
  [batch, height, width, channels]: [number, number, number, number],
): tf.Tensor4D {
  const chunks = chunksOf(channels, groups);
  const gradients = splitChannels(dy, chunks);
  const filters = splitChannels(filter, chunks);
  return joinChannels(
    gradients.map((gradient, index) => {
      const dense = blockDiagonal(filters[index]!, channels / groups);
      return convolveInputGradient(gradient, dense, stride, [batch, height, width, chunks[index]!]);
    }),
  );
}

function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, stride: number, groups: number): tf.Tensor4D {
  const channels = x.shape[3];
  const chunks = chunksOf(channels, groups);
  const inputs = splitChannels(x, chunks);
  const gradients = splitChannels(dy, chunks);
  return joinChannels(
    inputs.map((input, index) =>
      diagonalBlocks(convolveFilterGradient(input, gradients[index]!, stride), channels / groups),
    ),
  );
}

/** Sizes of the chunks of channels that are convolved at once; each is a whole number of groups. */
function chunksOf(channels: number, groups: number): number[] {
  const width = channels / groups;
  const size = Math.max(1, Math.floor(CHUNK_CHANNELS / width)) * width;
  const chunks: number[] = [];
  for (let start = 0; start < channels; start += size) {
    chunks.push(Math.min(size, channels - start));
  }
  return chunks;
}

function splitChannels(x: tf.Tensor4D, chunks: readonly number[]): tf.Tensor4D[] {
  return chunks.length === 1 ? [x] : tf.split(x, [...chunks], 3);
}

function joinChannels(chunks: tf.Tensor4D[]): tf.Tensor4D {
  return chunks.length === 1 ? chunks[0]! : tf.concat(chunks, 3);
}

/** `[3, 3, width, C]` as the equivalent dense filter `[3, 3, C, C]`. */
function blockDiagonal(filter: tf.Tensor4D, width: number): tf.Tensor4D {
  const channels = filter.shape[3];
  if (channels === width) {
    return filter;
  }
  return tf.mul(tf.concat(Array(channels / width).fill(filter), 2), blockMask(channels, width));
}

/** The blocks of a dense filter gradient that belong to the grouped filter: `[3, 3, C, C]` to `[3, 3, width, C]`. */
function diagonalBlocks(dense: tf.Tensor4D, width: number): tf.Tensor4D {
  const channels = dense.shape[3];
  if (channels === width) {
    return dense;
  }
  const blocks = tf.reshape(tf.mul(dense, blockMask(channels, width)), [9, channels / width, width * channels]);
  return tf.reshape(tf.sum(blocks, 1), [3, 3, width, channels]);
}

/** `[1, 1, C, C]`, 1 where row and column belong to the same group. */
export function blockMask(channels: number, width: number): tf.Tensor4D {
  const values = new Float32Array(channels * channels);
  for (let row = 0; row < channels; row++) {
    const start = row - (row % width);
    values.fill(1, row * channels + start, row * channels + start + width);
  }
  return tf.tensor4d(values, [1, 1, channels, channels]);
}
