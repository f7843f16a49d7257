import { constant } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Layers, Specs } from '../shared/layers.js';

/** Added to variances, and how far a training step moves running statistics. Source: PyTorch's defaults. */
const [epsilon, momentum] = [1e-5, 0.1];

/** Weights of a normalisation; running statistics, which do not train, for `'batch'` alone. */
export function normalizationSpecs(name: string, channels: number, kind: 'batch' | 'group'): Specs {
  const shape = [channels];
  const affine: Specs = {
    [`${name}.weight`]: { shape, initializer: constant(1) },
    [`${name}.bias`]: { shape, initializer: constant(0) },
  };
  if (kind === 'group') return affine;
  return {
    ...affine,
    [`${name}.running_mean`]: { shape, initializer: constant(0), trainable: false },
    [`${name}.running_var`]: { shape, initializer: constant(1), trainable: false },
  };
}

/**
 * Normalises `[clips, length, channels]`: with `'batch'` every channel over clips and length (`nn.BatchNorm1d`), with `'group'` every clip
 * over length and channels (`nn.GroupNorm` of one group).
 *
 * @param training - With `'batch'`: use the batch's statistics and move the running ones by a tenth; otherwise use the running ones.
 */
export function normalize(
  layers: Layers,
  name: string,
  x: tf.Tensor3D,
  kind: 'batch' | 'group',
  training: boolean,
): tf.Tensor3D {
  const { mean, variance } = statistics(layers, name, x, kind, training);
  const unit = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(unit, layers.weight(`${name}.weight`)), layers.weight(`${name}.bias`));
}

function statistics(layers: Layers, name: string, x: tf.Tensor3D, kind: 'batch' | 'group', training: boolean) {
  if (kind === 'batch' && !training) {
    return { mean: layers.weight(`${name}.running_mean`), variance: layers.weight(`${name}.running_var`) };
  }
  const axes = kind === 'batch' ? [0, 1] : [1, 2];
  const mean = tf.mean(x, axes, true);
  const variance = tf.mean(tf.square(tf.sub(x, mean)), axes, true);
  if (kind === 'batch') {
    const count = x.shape[0] * x.shape[1];
    follow(layers.weight(`${name}.running_mean`), mean);
    follow(layers.weight(`${name}.running_var`), tf.mul(variance, count / (count - 1))); // unbiased, as PyTorch keeps it
  }
  return { mean, variance };
}

function follow(running: tf.Tensor, towards: tf.Tensor): void {
  const variable = running as unknown as tf.Variable;
  const moved = tf.add(tf.mul(variable, 1 - momentum), tf.mul(tf.reshape(towards, variable.shape), momentum));
  variable.assign(moved);
}
