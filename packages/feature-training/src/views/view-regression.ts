import type { Fold } from '@mcore/metrics';
import * as tf from '@tensorflow/tfjs-core';
import { solvePositive } from './solve.js';

/** A view of all clips. */
export interface ViewTable {
  readonly rows: number;
  readonly channels: number;
  /** Normalised, `[clips, rows, channels]`. */
  readonly data: Float32Array;
}

/** A fold of the clips in the table. */
export type InnerFold = Pick<Fold, 'train' | 'test'>;

/** A linear regression on a view. */
export interface ViewRegression {
  /** How much channels that follow the target by themselves count more than others; 0 treats all alike. */
  readonly power: number;
  /** Of the mean diagonal of the kernel. */
  readonly ridge: number;
  /** `[rows, channels]`. */
  readonly weight: Float32Array;
  readonly bias: number;
  /** Weights of channels, as screening gave them; all 1 where `power` is 0. */
  readonly channelWeights: Float32Array;
  /** Predictions of every clip from the inner folds that did not hold it. */
  readonly outOfFold: Float64Array;
  /** Mean squared error of those. */
  readonly error: number;
}

const POWERS = [0, 1, 2, 4];
const RIDGES = [0.01, 0.05, 0.2, 1, 5, 25];

/** Where channels are screened, this many are kept at most: those that follow the target most. */
const SCREENED = 256;

/**
 * Ridge regression with screened channels: each channel is weighted by a power of how well it follows the target by itself (mean squared
 * correlation over rows). Power and ridge are those with the least squared error over inner folds, in which screening is part of what is
 * tested.
 *
 * @param view - Of all training clips.
 * @param target - One value a clip.
 * @param folds - Inner folds of the training clips.
 * @param plainKernel - `gramOf` the view, which several targets share.
 */
export async function fitView(
  view: ViewTable,
  target: Float64Array,
  folds: readonly InnerFold[],
  plainKernel: Float32Array,
): Promise<ViewRegression> {
  const all = Array.from(target, (_, index) => index);
  const candidates = POWERS.flatMap((power) =>
    RIDGES.map((ridge) => ({ power, ridge, outOfFold: new Float64Array(target.length) })),
  );
  for (const fold of folds) {
    const weights = screenChannels(view, target, fold.train);
    for (const power of POWERS) {
      const kernel = power === 0 ? plainKernel : await gramOf(view, scalesOf(weights, power));
      const predicted = predictFold(kernel, target, fold, RIDGES);
      for (const [index, ridge] of RIDGES.entries()) {
        const { outOfFold } = candidates.find((each) => each.power === power && each.ridge === ridge)!;
        for (const [at, clip] of fold.test.entries()) outOfFold[clip] = predicted[index]![at]!;
      }
    }
  }
  const scored = candidates.map((candidate) => ({ ...candidate, error: meanSquare(candidate.outOfFold, target) }));
  const best = scored.reduce((a, b) => (b.error < a.error ? b : a));
  const weights = screenChannels(view, target, all);
  const scales = scalesOf(weights, best.power);
  const kernel = best.power === 0 ? plainKernel : await gramOf(view, scales);
  return {
    ...best,
    ...primal(view, scales, solveFold(kernel, target, all, best.ridge)),
    channelWeights: scales.map((scale) => scale ** 2),
  };
}

/** Products of all pairs of clips, `[clips, clips]`, channels scaled. */
export async function gramOf({ rows, channels, data }: ViewTable, scales?: Float32Array): Promise<Float32Array> {
  const clips = data.length / rows / channels;
  const kernel = tf.tidy(() => {
    if (!scales) {
      const table = tf.tensor2d(data, [clips, rows * channels]);
      return tf.matMul(table, table, false, true);
    }
    const kept = [...scales.keys()].filter((channel) => scales[channel]! > 0);
    const scaled = new Float32Array(clips * rows * kept.length);
    let write = 0;
    for (let start = 0; start < data.length; start += channels) {
      for (const channel of kept) scaled[write++] = data[start + channel]! * scales[channel]!;
    }
    const table = tf.tensor2d(scaled, [clips, rows * kept.length]);
    return tf.matMul(table, table, false, true);
  });
  const values = (await kernel.data()) as Float32Array;
  kernel.dispose();
  return values;
}

/** Mean over rows of the squared correlation of each channel with the target. */
function screenChannels({ rows, channels, data }: ViewTable, target: Float64Array, clips: readonly number[]) {
  const size = rows * channels;
  const mean = clips.reduce((sum, clip) => sum + target[clip]!, 0) / clips.length;
  const [sums, squares, products] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  let targetSquares = 0;
  for (const clip of clips) {
    const difference = target[clip]! - mean;
    targetSquares += difference ** 2;
    const offset = clip * size;
    for (let at = 0; at < size; at++) {
      const value = data[offset + at]!;
      sums[at]! += value;
      squares[at]! += value * value;
      products[at]! += value * difference;
    }
  }
  const weights = new Float64Array(channels);
  for (let at = 0; at < size; at++) {
    const spread = squares[at]! - sums[at]! ** 2 / clips.length;
    if (spread > 1e-9 && targetSquares > 0) {
      weights[at % channels]! += products[at]! ** 2 / spread / targetSquares / rows;
    }
  }
  return weights;
}

/** By what channels are multiplied: the square root of a power of their weights; 0 beyond the first {@link SCREENED}. */
function scalesOf(weights: Float64Array, power: number): Float32Array {
  if (power === 0) return new Float32Array(weights.length).fill(1);
  const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b).slice(0, SCREENED);
  const largest = weights[order[0]!]!;
  const scales = new Float32Array(weights.length);
  for (const channel of order) scales[channel] = largest > 0 ? (weights[channel]! / largest) ** (power / 2) : 1;
  return scales;
}

interface Solution {
  /** One a clip that was trained on. */
  readonly dual: Float64Array;
  readonly clips: readonly number[];
  readonly mean: number;
}

/** Predictions of the fold's test clips, one row a ridge. */
function predictFold(
  kernel: Float32Array,
  target: Float64Array,
  { train, test }: InnerFold,
  ridges: readonly number[],
): Float64Array[] {
  const { rows, scale, means, grand } = centredKernel(kernel, target.length, train);
  const mean = train.reduce((sum, clip) => sum + target[clip]!, 0) / train.length;
  const right = Float64Array.from(train, (clip) => target[clip]! - mean);
  const size = target.length;
  const between = test.map((clip) => {
    const values = Float64Array.from(train, (other) => kernel[clip * size + other]!);
    const own = values.reduce((sum, value) => sum + value, 0) / train.length;
    return values.map((value, index) => (value - own - means[index]! + grand) / scale);
  });
  return ridges.map((ridge) => {
    const dual = solvePositive(rows, right, ridge);
    return Float64Array.from(between, (row) => mean + row.reduce((sum, value, index) => sum + value * dual[index]!, 0));
  });
}

function solveFold(kernel: Float32Array, target: Float64Array, clips: readonly number[], ridge: number): Solution {
  const { rows, scale } = centredKernel(kernel, target.length, clips);
  const mean = clips.reduce((sum, clip) => sum + target[clip]!, 0) / clips.length;
  const right = Float64Array.from(clips, (clip) => target[clip]! - mean);
  return { dual: solvePositive(rows, right, ridge).map((value) => value / scale), clips, mean };
}

/** The kernel of some clips, centred, its mean diagonal 1. */
function centredKernel(kernel: Float32Array, size: number, clips: readonly number[]) {
  const count = clips.length;
  const means = Float64Array.from(
    clips,
    (row) => clips.reduce((sum, column) => sum + kernel[row * size + column]!, 0) / count,
  );
  const grand = means.reduce((sum, value) => sum + value, 0) / count;
  const rows = new Float64Array(count * count);
  let trace = 0;
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      const value = kernel[clips[row]! * size + clips[column]!]! - means[row]! - means[column]! + grand;
      rows[row * count + column] = value;
      if (row === column) trace += value;
    }
  }
  const scale = trace > 0 ? trace / count : 1;
  for (let at = 0; at < rows.length; at++) rows[at]! /= scale;
  return { rows, scale, means, grand };
}

/** Weights of the view's numbers from those of clips. */
function primal({ rows, channels, data }: ViewTable, scales: Float32Array, solution: Solution) {
  const size = rows * channels;
  const [weight, means] = [new Float64Array(size), new Float64Array(size)];
  for (const [index, clip] of solution.clips.entries()) {
    const dual = solution.dual[index]!;
    const offset = clip * size;
    for (let at = 0; at < size; at++) {
      weight[at]! += dual * data[offset + at]!;
      means[at]! += data[offset + at]! / solution.clips.length;
    }
  }
  // centring took the mean of every clip's products, so the weights of clips count less their mean
  const total = solution.dual.reduce((sum, value) => sum + value, 0);
  for (let at = 0; at < size; at++) weight[at] = (weight[at]! - total * means[at]!) * scales[at % channels]! ** 2;
  const bias = solution.mean - weight.reduce((sum, value, at) => sum + value * means[at]!, 0);
  return { weight: Float32Array.from(weight), bias };
}

function meanSquare(predicted: Float64Array, target: Float64Array): number {
  return predicted.reduce((sum, value, index) => sum + (value - target[index]!) ** 2, 0) / target.length;
}
