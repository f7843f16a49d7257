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

/** Statistics of what one batch normalisation saw. */
export interface BatchStatistics {
  /** `[channels]`. */
  readonly mean: tf.Tensor1D;
  /** `[channels]`, the unbiased estimate (divided by one less than the count), which is what running values take. */
  readonly variance: tf.Tensor1D;
}

/** Called once for every normalisation in forward order; the tensors live only as long as the surrounding tidy. */
export type Observe = (norm: string, statistics: BatchStatistics) => void;

/**
 * Layers that normalise with the statistics of what passes through them, over all axes but the channels, as PyTorch
 * does in training mode: the biased variance normalises, the unbiased one is reported.
 */
export function batchLayers(weightOf: WeightOf, observe: Observe): Layers {
  const normalize = <Features extends tf.Tensor>(x: Features, norm: string, activation: Activation): Features => {
    const channels = x.shape[x.rank - 1]!;
    const count = x.size / channels;
    const rows = tf.reshape(x, [count, channels]);
    const { mean, variance } = tf.moments(rows, 0) as { mean: tf.Tensor1D; variance: tf.Tensor1D };
    observe(norm, { mean, variance: tf.mul(variance, count / (count - 1)) });
    const scale = tf.mul(weightOf(`${norm}.weight`), tf.rsqrt(tf.add(variance, EPSILON)));
    const y = tf.add(tf.mul(tf.sub(rows, mean), scale), weightOf(`${norm}.bias`));
    return tf.reshape(activation === 'relu' ? tf.relu(y) : y, x.shape) as Features;
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
