import { constant } from '@mcore/ops';
import type { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
import { dropoutOf, type Layers, type Specs } from '../shared/layers.js';
import type { Rica2Config } from './config.js';

/** What is random in one forward pass; nothing outside of training. */
export interface Noise {
  readonly drop: ReturnType<typeof dropoutOf>;
  /** Factors of whole branches, `[batch, 1, 1]`: 0 for dropped ones; null outside of training. */
  readonly branches: (batch: number) => tf.Tensor3D | null;
}

/** The noise of a pass. */
export function noiseOf(random: Random | undefined, { pathDropout }: Rica2Config): Noise {
  const drop = dropoutOf(random);
  const isStill = random === undefined || pathDropout === 0;
  return { drop, branches: (batch) => (isStill ? null : drop(tf.ones([batch, 1, 1]) as tf.Tensor3D, pathDropout)) };
}

/** A factor for every channel, 1e-4 at first. */
export function residualSpecs(name: string, channels: number): Specs {
  return { [`${name}.scale`]: { shape: [1, channels, 1], initializer: constant(1e-4) } };
}

/**
 * `x + scale * branch`, whole clips of the branch dropped in training.
 *
 * Sources: Touvron et al., "Going deeper with Image Transformers", ICCV 2021 (scale); Huang et al., "Deep Networks with Stochastic Depth",
 * ECCV 2016.
 */
export function residual(layers: Layers, name: string, x: tf.Tensor3D, branch: tf.Tensor3D, noise: Noise): tf.Tensor3D {
  const scaled = tf.mul(branch, tf.reshape(layers.weight(`${name}.scale`), [-1])) as tf.Tensor3D;
  const factors = noise.branches(x.shape[0]);
  return tf.add(x, factors ? tf.mul(scaled, factors) : scaled);
}
