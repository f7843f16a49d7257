import { stageContrastiveLoss } from '@mcore/contrastive-loss';
import { ArgumentError } from '@mcore/errors';
import { segmentationLoss } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
import type { MCoRe } from './mcore.js';

/** What is known of a batch of clips. */
export interface ClipLabels {
  /** True transitions, batch x transitions sampled-frame indices. */
  transitions: readonly (readonly number[])[];
  /** True scores, in points. */
  scores: readonly number[];
}

/** A batch of labelled clips. */
export interface LabelledClips extends ClipLabels {
  /** RGB values 0..255, `[batch, time, height, width, 3]`. */
  frames: tf.Tensor5D;
}

/** The parts of eq. 12; all scalars, the caller disposes them. */
export interface PairLosses {
  total: tf.Scalar;
  regression: tf.Scalar;
  segmentation: tf.Scalar;
  contrastive: tf.Scalar;
}

/**
 * The training loss of a batch of pairs, `regression + segmentation + contrastive` (eq. 12). Stages are cut at the true
 * transitions. All parts are means over the batch, so the gradient of a batch is the mean of its pairs' gradients.
 *
 * @param model - Its configuration chooses the form of every part.
 * @param query - B clips.
 * @param exemplar - B clips of the same dive numbers.
 * @param dropoutSeed - Seeds the segmenter's dropout; none where it is left out.
 * @returns Scalars that the caller disposes.
 * @throws {@link ArgumentError} if the two are not the same number of clips, each with a score; {@link ShapeError} if frames or
 *   transitions don't fit.
 */
export function pairLosses(
  model: MCoRe,
  query: LabelledClips,
  exemplar: LabelledClips,
  dropoutSeed?: string,
): PairLosses {
  assertPairs(query, exemplar);
  return tf.tidy(() => {
    const features = model.features(tf.concat([query.frames, exemplar.frames], 0)); // [2B, T, C]
    return { ...featurePairLosses(model, features, [query, exemplar], dropoutSeed) };
  });
}

/**
 * {@link pairLosses} from features that are there already, where the backbone is not to learn.
 *
 * @param features - Of B queries, then of their B exemplars, `[2 batch, time, channels]`.
 * @param labels - Of the queries and of the exemplars.
 * @param dropoutSeed - Seeds the segmenter's dropout; none where it is left out.
 * @returns Scalars that the caller disposes.
 * @throws {@link ArgumentError} if the labels are not of as many clips.
 */
export function featurePairLosses(
  model: MCoRe,
  features: tf.Tensor3D,
  [query, exemplar]: readonly [ClipLabels, ClipLabels],
  dropoutSeed?: string,
): PairLosses {
  const { loss, stagewise } = model.config;
  const counts = [query, exemplar].map(({ scores }) => scores.length);
  if (counts.some((count) => 2 * count !== features.shape[0])) {
    throw new ArgumentError(
      `featurePairLosses: expected labels of ${features.shape[0] / 2} queries and as many exemplars, got ${counts.join(' and ')} scores.`,
    );
  }
  return tf.tidy(() => {
    const transitions = [...query.transitions, ...exemplar.transitions];
    const segmentation = segmentationLoss(model.transitionLogits(features, dropoutSeed), transitions, {
      form: loss.segmentation,
    });
    const compared = halves(model.regressionFeatures(features, transitions));
    const regression = regressionLoss(model, compared, [query.scores, exemplar.scores]);
    const hasContrast = loss.contrastive.weight !== 0;
    const stages = stagewise || !hasContrast ? compared : halves(model.stageFeatures(features, transitions));
    const contrastive = hasContrast ? contrastiveLoss(model, ...stages) : tf.scalar(0);
    const total = tf.add(tf.add(regression, segmentation), contrastive) as tf.Scalar;
    return { total, regression, segmentation, contrastive };
  });
}

function assertPairs(query: LabelledClips, exemplar: LabelledClips): void {
  const counts = [query, exemplar].flatMap(({ frames, scores }) => [frames.shape[0], scores.length]);
  if (counts.some((count) => count !== counts[0] || count === 0)) {
    throw new ArgumentError(
      `pairLosses: expected as many exemplars as queries, at least one, each with a score, got ${counts[0]} queries with ${counts[1]} scores and ${counts[2]} exemplars with ${counts[3]}.`,
    );
  }
}

/** Queries and exemplars of a joined batch, `[B, S, L, C]` each. */
function halves(joined: tf.Tensor4D): [tf.Tensor4D, tf.Tensor4D] {
  return tf.split(joined, 2, 0) as [tf.Tensor4D, tf.Tensor4D];
}

/**
 * Mean squared error of the relative score, in the directions the configuration names, summed over them. An exemplar-free model's own
 * scores take the place of the directions: that of the query, and where there are two that of the other clip.
 */
function regressionLoss(
  model: MCoRe,
  [query, exemplar]: readonly [tf.Tensor4D, tf.Tensor4D],
  [queryScores, exemplarScores]: readonly [readonly number[], readonly number[]],
): tf.Scalar {
  const { regression, loss, scoreScale } = model.config;
  const meanSquare = (predicted: tf.Tensor1D, points: readonly number[]) =>
    tf.mean(tf.square(tf.sub(predicted, tf.tensor1d(points.map((value) => value / scoreScale))))) as tf.Scalar;
  const error = (of: tf.Tensor4D, other: tf.Tensor4D, ofScores: readonly number[], otherScores: readonly number[]) =>
    regression === 'exemplar-free'
      ? meanSquare(model.ownScore(of), ofScores)
      : meanSquare(
          model.relativeScore(of, other),
          ofScores.map((score, index) => score - otherScores[index]!),
        );
  const forward = error(query, exemplar, queryScores, exemplarScores);
  if (loss.regressionDirections === 'query') return forward;
  return tf.add(forward, error(exemplar, query, exemplarScores, queryScores));
}

function contrastiveLoss(model: MCoRe, query: tf.Tensor4D, exemplar: tf.Tensor4D): tf.Scalar {
  const { form, temperature, weight } = model.config.loss.contrastive;
  return tf.mul(stageContrastiveLoss(query, exemplar, { form, temperature, weight: 1 }), weight);
}
