import { type Activation, foldNormalization, gateShiftModule } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Convolution } from './convolutions.js';
import { type ClipLayer, EPSILON, type FrameLayer, GATE_FILTER_ORDER, type Layers, type WeightOf } from './layers.js';

/**
 * Layers with fixed statistics, folded into the weights before them: `gamma (W x - mean) / deviation + beta` is computed as
 * `(s W) x + (beta - s mean)` with `s = gamma / deviation`. The folding is part of the graph, so gradients by `W`,
 * `gamma` and `beta` are exact.
 *
 * @param weightOf - The weights to fold.
 * @param retain - Receives every new tensor that the layers keep.
 */
export function foldedLayers(weightOf: WeightOf, retain: (tensor: tf.Tensor) => void = () => {}): Layers {
  const fold = (norm: string) => {
    const scale = tf.mul(weightOf(`${norm}.weight`), tf.rsqrt(tf.add(weightOf(`${norm}.running_var`), EPSILON)));
    const offset = tf.sub(weightOf(`${norm}.bias`), tf.mul(weightOf(`${norm}.running_mean`), scale));
    return { scale: scale as tf.Tensor1D, offset: offset as tf.Tensor1D };
  };
  const weight = (name: string, order: readonly number[]) => {
    const ordered = tf.transpose(weightOf(name), [...order]);
    retain(ordered);
    return ordered;
  };
  return {
    weight,
    convolution(conv: string, norm: string, convolve: Convolution, activation: Activation): FrameLayer {
      const { filter, bias } = foldNormalization(weightOf(`${conv}.weight`) as tf.Tensor4D, {
        weight: weightOf(`${norm}.weight`) as tf.Tensor1D,
        bias: weightOf(`${norm}.bias`) as tf.Tensor1D,
        runningMean: weightOf(`${norm}.running_mean`) as tf.Tensor1D,
        runningVariance: weightOf(`${norm}.running_var`) as tf.Tensor1D,
        epsilon: EPSILON,
      });
      retain(filter);
      retain(bias);
      return (x) => convolve(x, filter, bias, activation);
    },
    gateShift(name: string): ClipLayer {
      const { scale, offset } = fold(`${name}.bn`);
      retain(scale);
      retain(offset);
      const filter = weight(`${name}.conv3D.weight`, GATE_FILTER_ORDER) as tf.Tensor5D;
      const bias = weight(`${name}.conv3D.bias`, [0]) as tf.Tensor1D;
      return (x) => gateShiftModule(x, { scale, offset, filter, bias });
    },
  };
}
