import * as tf from '@tensorflow/tfjs-core';
import { type Layers, linearSpecs, type Specs, xavierUniform } from '../shared/layers.js';
import type { Rica2Config } from './config.js';

const head = 'quality_score_head';

/** Steps as the rubric takes them, `[batch, slots, width / 2]`. */
export interface StepDistributions {
  readonly mean: tf.Tensor3D;
  /** Null where steps are points. */
  readonly variance: tf.Tensor3D | null;
}

/** Weights of the scoring head, under the released code's names. */
export function rubricSpecs({ width, variant }: Rica2Config): Specs {
  const half = width / 2;
  const options = { initializer: xavierUniform };
  return {
    ...linearSpecs(`${head}.common_base.0`, width, half, options),
    ...(variant === 'stochastic'
      ? {
          ...linearSpecs(`${head}.mean_var_linear.0`, half, half, options),
          ...linearSpecs(`${head}.mean_var_linear.2`, half, width, options),
        }
      : {}),
    ...linearSpecs(`${head}.phase_composer.level_2_mlp.0`, half, half, options),
    ...linearSpecs(`${head}.phase_composer.level_2_mlp.2`, half, half, options),
    ...linearSpecs(`${head}.scoring_head.0`, half, half, options),
    ...linearSpecs(`${head}.scoring_head.2`, half, 1, options),
  };
}

/** Distributions of decoded steps, `[batch, slots, width]`. */
export function stepDistributions(layers: Layers, { variant }: Rica2Config, steps: tf.Tensor3D): StepDistributions {
  const base = layers.linear(`${head}.common_base.0`, steps, 'relu');
  if (variant === 'deterministic') return { mean: base, variance: null };
  const both = layers.mlp([`${head}.mean_var_linear.0`, `${head}.mean_var_linear.2`], base);
  const [mean, logVariance] = tf.split(both, 2, 2) as [tf.Tensor3D, tf.Tensor3D];
  return { mean, variance: tf.exp(logVariance) };
}

/**
 * Quality by the rubric: the steps of each group that a clip has are averaged and pass one MLP, the groups are averaged and scored. A group
 * without a step is left out, where the released code divides by 0.
 *
 * @param steps - `[batch, slots, width / 2]`: means, or a sample.
 * @param present - Slots of the steps that each clip has.
 * @returns `[batch]`.
 */
export function scoreByRubric(
  layers: Layers,
  { slots, groups }: Rica2Config,
  steps: tf.Tensor3D,
  present: readonly (readonly number[])[],
): tf.Tensor1D {
  const batch = present.length;
  const members = new Float32Array(batch * groups.length * slots);
  const shares = new Float32Array(batch * groups.length);
  for (const [clip, ofClip] of present.entries()) {
    const filled = groups.map((group) => group.filter((slot) => ofClip.includes(slot)));
    const count = filled.filter(({ length }) => length > 0).length;
    for (const [node, group] of filled.entries()) {
      const row = clip * groups.length + node;
      for (const slot of group) members[row * slots + slot] = 1 / group.length;
      if (group.length > 0) shares[row] = 1 / count;
    }
  }
  const nodes = tf.matMul(tf.tensor3d(members, [batch, groups.length, slots]), steps); // [B, groups, H]
  const names = [0, 2].map((layer) => `${head}.phase_composer.level_2_mlp.${layer}`);
  const passed = layers.mlp(names, nodes);
  const whole = tf.sum(tf.mul(passed, tf.tensor3d(shares, [batch, groups.length, 1])), 1) as tf.Tensor2D;
  return tf.reshape(layers.mlp([`${head}.scoring_head.0`, `${head}.scoring_head.2`], whole), [batch]);
}
