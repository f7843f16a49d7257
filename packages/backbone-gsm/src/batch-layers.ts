import type { Activation } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Convolution } from './convolutions.js';
import { shiftFirstChannels } from './gate-shift-module.js';
import {
  type ClipLayer,
  EPSILON,
  FILTER_ORDER,
  type FrameLayer,
  GATE_FILTER_ORDER,
  type Layers,
  type WeightOf,
} from './layers.js';
import { through } from './through.js';

/** Number of values {@link moments} processes at a time, so that intermediates fit into 64 MB. */
const VALUES_AT_ONCE = 2 ** 24;

/** Statistics of the input of one batch normalisation. */
export interface BatchStatistics {
  /** `[channels]`. */
  readonly mean: tf.Tensor1D;
  /** `[channels]`, the unbiased estimate (divided by count - 1) for running values. */
  readonly variance: tf.Tensor1D;
}

/** Called once for every normalisation in forward order; the tensors live until the surrounding tidy ends. */
export type Observe = (norm: string, statistics: BatchStatistics) => void;

/**
 * Layers that normalise with the statistics of their input over all axes but the channels, as PyTorch does in training mode. The biased
 * variance normalises; the unbiased one is reported.
 */
export function batchLayers(weightOf: WeightOf, observe: Observe): Layers {
  const normalize = <Features extends tf.Tensor>(x: Features, norm: string, activation: Activation): Features => {
    const channels = x.shape[x.rank - 1]!;
    const count = x.size / channels;
    const rows: tf.Tensor2D = tf.reshape(x, [count, channels]);
    const { mean, variance } = moments(rows);
    observe(norm, { mean, variance: tf.mul(variance, count / (count - 1)) });
    const scale = tf.mul(weightOf(`${norm}.weight`), tf.rsqrt(tf.add(variance, EPSILON)));
    const bias = weightOf(`${norm}.bias`);
    const y = through<tf.Tensor>(
      rows,
      (values) => tf.sub(values, mean),
      (values) => tf.mul(values, scale),
      (values) => tf.add(values, bias),
      ...(activation === 'relu' ? [(values: tf.Tensor) => tf.relu(values)] : []),
    );
    return tf.reshape(y, x.shape) as Features;
  };
  const weight = (name: string, order: readonly number[]) => tf.transpose(weightOf(name), [...order]);
  return {
    weight,
    convolution(conv: string, norm: string, convolve: Convolution, activation: Activation): FrameLayer {
      const filter = weight(`${conv}.weight`, FILTER_ORDER) as tf.Tensor4D;
      return (x) => normalize(convolve(x, filter, tf.zeros([filter.shape[3]]), 'linear'), norm, activation);
    },
    gateShift(name: string): ClipLayer {
      const parts = {
        normalize: (rows: tf.Tensor2D) => normalize(rows, `${name}.bn`, 'relu'),
        filter: weight(`${name}.conv3D.weight`, GATE_FILTER_ORDER) as tf.Tensor5D,
        bias: weight(`${name}.conv3D.bias`, [0]) as tf.Tensor1D,
      };
      return (x) => shiftFirstChannels(x, parts);
    },
  };
}

/**
 * Mean and biased variance of every column, computed in blocks of rows: n mean = sum of n_i mean_i, and
 * n variance = sum of n_i (variance_i + (mean_i - mean)^2). Source: Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm
 * for Computing Sample Variances", 1979.
 */
export function moments(
  rows: tf.Tensor2D,
  valuesAtOnce = VALUES_AT_ONCE,
): { mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const [count, channels] = rows.shape;
  const step = Math.max(1, Math.floor(valuesAtOnce / channels));
  return tf.tidy(() => {
    const parts: { share: number; mean: tf.Tensor; variance: tf.Tensor }[] = [];
    for (let start = 0; start < count; start += step) {
      const size = Math.min(step, count - start);
      const part = tf.tidy(() => tf.moments(size === count ? rows : tf.slice(rows, [start, 0], [size, channels]), 0));
      parts.push({ share: size / count, ...part });
    }
    if (parts.length === 1) return parts[0] as { mean: tf.Tensor1D; variance: tf.Tensor1D };
    const weighted = (values: tf.Tensor[]) => tf.addN(values.map((value, part) => tf.mul(value, parts[part]!.share)));
    const mean = weighted(parts.map((part) => part.mean)) as tf.Tensor1D;
    const variance = weighted(parts.map((part) => tf.add(part.variance, tf.square(tf.sub(part.mean, mean)))));
    return { mean, variance: variance as tf.Tensor1D };
  });
}
