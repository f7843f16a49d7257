import { stageContrastiveLoss } from '@mcore/contrastive-loss';
import { ArgumentError } from '@mcore/errors';
import { segmentationLoss } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
import type { FeatureModel } from './feature-model.js';

/** A batch of labelled clips. */
export interface FeatureBatch {
  /** Resampled to the model's steps, `[batch, steps, channels]`. */
  readonly features: tf.Tensor3D;
  /** Batch x (stages - 1), in encoded steps. */
  readonly transitions: readonly (readonly number[])[];
  /** Batch x targets, in points. */
  readonly targets: readonly (readonly number[])[];
}

/** The parts of eq. 12; all scalars, the caller disposes them. */
export interface FeatureLosses {
  readonly total: tf.Scalar;
  readonly regression: tf.Scalar;
  readonly segmentation: tf.Scalar;
  readonly contrastive: tf.Scalar;
}

/**
 * The loss of a batch of pairs, `regression + segmentation + contrastive` (eq. 12). The error of the relative score is that of both
 * directions, query against exemplar and exemplar against query, meaned over pairs and targets in units of the score scales and summed over
 * directions. Stages are cut at the true transitions.
 *
 * @param model - Its configuration chooses the parts.
 * @param query - B clips.
 * @param exemplar - B clips.
 * @param dropoutSeed - Seeds the segmenter's dropout; no dropout if it is left out.
 * @returns Scalars that the caller disposes.
 * @throws {@link ArgumentError} if the batches differ in size; {@link ShapeError} if features don't fit.
 */
export function featureLosses(
  model: FeatureModel,
  query: FeatureBatch,
  exemplar: FeatureBatch,
  dropoutSeed?: string,
): FeatureLosses {
  const batch = query.features.shape[0];
  if (exemplar.features.shape[0] !== batch || query.targets.length !== batch || exemplar.targets.length !== batch) {
    throw new ArgumentError(
      `featureLosses: expected as many exemplars as queries, each with its targets, got ${batch} queries with ${query.targets.length} and ${exemplar.features.shape[0]} exemplars with ${exemplar.targets.length}.`,
    );
  }
  const { config } = model;
  const { form, temperature, weight } = config.loss.contrastive;
  return tf.tidy(() => {
    const encoded = model.encode(tf.concat([query.features, exemplar.features], 0)); // [2B, T', W]
    const transitions = [...query.transitions, ...exemplar.transitions];
    const logits = model.transitionLogits(encoded, dropoutSeed);
    const segmentation = logits
      ? segmentationLoss(logits, transitions, { form: config.loss.segmentation })
      : tf.scalar(0);
    const [q, e] = tf.split(model.stageFeatures(encoded, transitions), 2, 0) as [tf.Tensor4D, tf.Tensor4D];
    const differences = tf.tensor2d(
      query.targets.map((row, clip) =>
        row.map((value, target) => (value - exemplar.targets[clip]![target]!) / config.scoreScales[target]!),
      ),
    ); // [B, targets]
    const relative = model.relativeScores(tf.concat([q, e], 0), tf.concat([e, q], 0)); // [2B, targets]
    const errors = tf.square(tf.sub(relative, tf.concat([differences, tf.neg(differences)], 0)));
    const regression = tf.mul(tf.mean(errors), 2) as tf.Scalar;
    const contrastive =
      weight === 0 || config.stages === 1
        ? tf.scalar(0)
        : tf.mul(stageContrastiveLoss(q, e, { form, temperature, weight: 1 }), weight);
    const total = tf.add(tf.add(regression, segmentation), contrastive) as tf.Scalar;
    return { total, regression, segmentation, contrastive: contrastive as tf.Scalar };
  });
}
