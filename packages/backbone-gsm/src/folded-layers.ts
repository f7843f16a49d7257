import { type Activation, biasRelu } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Convolution } from './convolutions.js';
import { EPSILON, FILTER_ORDER, type FrameLayer, type Layer, type Layers, type WeightOf } from './layers.js';

/**
 * Layers with fixed statistics, folded into what comes before: `gamma (W x - mean) / deviation + beta` is computed as `(s W) x + (beta - s mean)` with
 * `s = gamma / deviation`. The folding is part of the graph, so gradients by `W`, `gamma` and `beta` are exact.
 *
 * @param weightOf - The weights to fold.
 * @param retain - Told of every tensor that the layers hold on to, all of them new.
 */
export function foldedLayers(weightOf: WeightOf, retain: (tensor: tf.Tensor) => void = () => {}): Layers {
  const fold = (norm: string) => {
    const scale = tf.mul(weightOf(`${norm}.weight`), tf.rsqrt(tf.add(weightOf(`${norm}.running_var`), EPSILON)));
    const offset = tf.sub(weightOf(`${norm}.bias`), tf.mul(weightOf(`${norm}.running_mean`), scale));
    return { scale: scale as tf.Tensor1D, offset: offset as tf.Tensor1D };
  };
  return {
    convolution(conv: string, norm: string, convolve: Convolution, activation: Activation): FrameLayer {
      const { scale, offset } = fold(norm);
      const filter = tf.mul(tf.transpose(weightOf(`${conv}.weight`), [...FILTER_ORDER]), scale) as tf.Tensor4D;
      retain(filter);
      retain(offset);
      return (x) => convolve(x, filter, offset, activation);
    },
    normalization(norm: string): Layer {
      const { scale, offset } = fold(norm);
      retain(scale);
      retain(offset);
      return (x) => biasRelu(tf.mul(x, scale), offset) as typeof x;
    },
    weight(name: string, order: readonly number[]): tf.Tensor {
      const ordered = tf.transpose(weightOf(name), [...order]);
      retain(ordered);
      return ordered;
    },
  };
}
