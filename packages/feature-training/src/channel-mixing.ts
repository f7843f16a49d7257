import { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
import type { ChannelMixing } from './feature-input.js';

/** Maximum number of channels of features that keep them; wider ones are reduced. */
const WIDEST = 96;

/** Channels of reduced features. */
const REDUCED = 48;

/** Subspace iterations: each multiplies the share of a direction by its variance once more. */
const ITERATIONS = 3;

/**
 * A linear map for networks: channels count as screening weighted them, and where there are more than 96 the 48 main directions of what they
 * do take their place (subspace iteration, an orthonormal basis of about the first principal components).
 *
 * @param rows - Normalised features of training clips, steps one after the other, `[rows, channels]`.
 * @param channelWeights - Of every channel, 0 to 1.
 * @param seed - Of the first directions.
 * @returns null where channels stay as they are; else a map whose outputs have a mean variance of 1.
 */
export async function channelMixing(
  rows: Float32Array,
  channelWeights: Float32Array,
  seed: number | string,
): Promise<ChannelMixing | null> {
  const channels = channelWeights.length;
  const isPlain = channelWeights.every((weight) => weight === channelWeights[0]);
  if (channels <= WIDEST && isPlain) return null;
  const kept = [...channelWeights.keys()].filter((channel) => channelWeights[channel]! > 0);
  const scales = kept.map((channel) => Math.sqrt(channelWeights[channel]!));
  const count = rows.length / channels;
  const scaled = new Float32Array(count * kept.length);
  for (let row = 0; row < count; row++) {
    for (const [at, channel] of kept.entries()) {
      scaled[row * kept.length + at] = rows[row * channels + channel]! * scales[at]!;
    }
  }
  const table = tf.tensor2d(scaled, [count, kept.length]);
  try {
    const isWide = kept.length > WIDEST;
    const width = isWide ? Math.min(REDUCED, count) : kept.length;
    const basis = isWide ? await mainDirections(table, width, seed) : identity(width);
    const gain = 1 / Math.sqrt((await meanVariance(table, basis, width)) || 1);
    const weights = new Float32Array(channels * width);
    for (const [at, channel] of kept.entries()) {
      for (let to = 0; to < width; to++) {
        weights[channel * width + to] = basis[at * width + to]! * scales[at]! * gain;
      }
    }
    return { width, weights };
  } finally {
    table.dispose();
  }
}

/** An orthonormal basis, `[channels, width]`, near the principal components of the table's rows. */
async function mainDirections(table: tf.Tensor2D, width: number, seed: number | string): Promise<Float32Array> {
  const channels = table.shape[1];
  const random = Random.for(seed, 'directions');
  let basis = Float32Array.from({ length: channels * width }, () => random.normal());
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const product = tf.tidy(() => {
      const along = tf.matMul(table, tf.tensor2d(basis, [channels, width]));
      return tf.matMul(table, along, true, false);
    });
    basis = orthonormal((await product.data()) as Float32Array, channels, width);
    product.dispose();
  }
  return basis;
}

/** Columns made orthonormal one after the other (modified Gram-Schmidt); a column that the others span becomes 0. */
function orthonormal(columns: Float32Array, rows: number, width: number): Float32Array<ArrayBuffer> {
  const values = Float64Array.from(columns);
  const norm = (column: number) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += values[row * width + column]! ** 2;
    return Math.sqrt(sum);
  };
  for (let column = 0; column < width; column++) {
    const before = norm(column);
    for (let other = 0; other < column; other++) {
      let product = 0;
      for (let row = 0; row < rows; row++) product += values[row * width + column]! * values[row * width + other]!;
      for (let row = 0; row < rows; row++) values[row * width + column]! -= product * values[row * width + other]!;
    }
    const length = norm(column);
    const factor = length > 1e-6 * before ? 1 / length : 0;
    for (let row = 0; row < rows; row++) values[row * width + column]! *= factor;
  }
  return Float32Array.from(values);
}

function identity(size: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, at) => Number(at % (size + 1) === 0));
}

/** Mean square of the mixed rows over rows and outputs: normalised features have mean 0. */
async function meanVariance(table: tf.Tensor2D, basis: Float32Array, width: number): Promise<number> {
  const mean = tf.tidy(() => tf.mean(tf.square(tf.matMul(table, tf.tensor2d(basis, [table.shape[1], width])))));
  const [value] = await mean.data();
  mean.dispose();
  return value!;
}
