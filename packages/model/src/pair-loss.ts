import { stageContrastiveLoss } from '@mcore/contrastive-loss';
import { ArgumentError } from '@mcore/errors';
import { segmentationLoss } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
import type { PairForward, PairTransitions } from './forward.js';
import type { MCoRe } from './mcore.js';

/** Labels of a batch of clips. */
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
export type PairLosses = {
  total: tf.Scalar;
  regression: tf.Scalar;
  segmentation: tf.Scalar;
  contrastive: tf.Scalar;
};

/**
 * Another training loss: a scalar of the parts of eq. 12 and of all that the model computed of the pairs. Called inside the
 * gradient, so only differentiable operations count.
 */
export type LossFunction = (
  parts: Omit<PairLosses, 'total'>,
  pairs: PairForward & { labels: readonly [query: ClipLabels, exemplar: ClipLabels] },
) => tf.Scalar;

/**
 * The training loss of a batch of pairs, `regression + segmentation + contrastive` (eq. 12). Stages are cut at the true
 * transitions. All parts are means over the batch, so the gradient of a batch is the mean of its pairs' gradients.
 *
 * @param model - Its configuration chooses the form of every part.
 * @param query - B clips.
 * @param exemplar - B clips of the same dive numbers.
 * @param dropoutSeed - Seed of the segmenter's dropout; no dropout if omitted.
 * @param loss - Computes `total` instead of the sum of the parts.
 * @returns Scalars that the caller disposes.
 * @throws {@link ArgumentError} if query and exemplar do not have the same number of clips, each with a score; {@link ShapeError} if frames
 *   or transitions don't fit.
 */
export function pairLosses(
  model: MCoRe,
  query: LabelledClips,
  exemplar: LabelledClips,
  dropoutSeed?: string,
  loss?: LossFunction,
): PairLosses {
  assertPairs(query, exemplar);
  return tf.tidy(() => {
    const pairs = model.forward(query.frames, exemplar.frames, { transitions: cuts([query, exemplar]), dropoutSeed });
    return lossesOf(model, pairs, [query, exemplar], loss);
  });
}

/**
 * {@link pairLosses} from computed features, if the backbone is frozen.
 *
 * @param features - Features of B queries, then of their B exemplars, `[2 batch, time, channels]`.
 * @param labels - Labels of the queries and of the exemplars.
 * @param dropoutSeed - Seed of the segmenter's dropout; no dropout if omitted.
 * @param loss - As for {@link pairLosses}.
 * @returns Scalars that the caller disposes.
 * @throws {@link ArgumentError} if the number of labels does not fit the features.
 */
export function featurePairLosses(
  model: MCoRe,
  features: tf.Tensor3D,
  labels: readonly [ClipLabels, ClipLabels],
  dropoutSeed?: string,
  loss?: LossFunction,
): PairLosses {
  const counts = labels.map(({ scores }) => scores.length);
  if (counts.some((count) => 2 * count !== features.shape[0])) {
    throw new ArgumentError(
      `featurePairLosses: expected labels of ${features.shape[0] / 2} queries and as many exemplars, got ${counts.join(' and ')} scores.`,
    );
  }
  return tf.tidy(() => {
    const pairs = model.forwardFeatures(features, { transitions: cuts(labels), dropoutSeed });
    return lossesOf(model, pairs, labels, loss);
  });
}

/** L = L_aqa + L_ce + L_cont, eq. 12, unless another loss is given. */
function lossesOf(
  model: MCoRe,
  pairs: PairForward,
  labels: readonly [ClipLabels, ClipLabels],
  loss?: LossFunction,
): PairLosses {
  const { query, exemplar } = pairs.transitions;
  const form = model.config.loss.segmentation;
  const segmentation = segmentationLoss(pairs.logits, [...query, ...exemplar], { form });
  const regression = regressionLoss(model, pairs, labels);
  const contrastive = contrastiveLoss(model, pairs);
  const total = loss
    ? loss({ regression, segmentation, contrastive }, { ...pairs, labels })
    : (tf.add(tf.add(regression, segmentation), contrastive) as tf.Scalar);
  return { total, regression, segmentation, contrastive };
}

/** True transitions, as `MCoRe.forward` takes them. */
function cuts([query, exemplar]: readonly [ClipLabels, ClipLabels]): PairTransitions {
  return { query: query.transitions, exemplar: exemplar.transitions };
}

function assertPairs(query: LabelledClips, exemplar: LabelledClips): void {
  const counts = [query, exemplar].flatMap(({ frames, scores }) => [frames.shape[0], scores.length]);
  if (counts.some((count) => count !== counts[0] || count === 0)) {
    throw new ArgumentError(
      `pairLosses: expected as many exemplars as queries, at least one, each with a score, got ${counts[0]} queries with ${counts[1]} scores and ${counts[2]} exemplars with ${counts[3]}.`,
    );
  }
}

/**
 * L_aqa: mean squared error of the relative score, eq. 11, summed over the directions of the configuration. For an exemplar-free model it
 * is the error of the scores themselves: that of the query, and for two directions also that of the other clip.
 */
function regressionLoss(
  model: MCoRe,
  { relativeScore, stageFeatures }: PairForward,
  [query, exemplar]: readonly [ClipLabels, ClipLabels],
): tf.Scalar {
  const { regression, loss, scoreScale } = model.config;
  const isExemplarFree = regression === 'exemplar-free';
  const error = (predicted: tf.Tensor1D, clips: ClipLabels, others: ClipLabels) => {
    const points = clips.scores.map((score, index) => (isExemplarFree ? score : score - others.scores[index]!));
    return tf.mean(tf.square(tf.sub(predicted, tf.tensor1d(points.map((value) => value / scoreScale))))) as tf.Scalar;
  };
  const forward = error(relativeScore, query, exemplar);
  if (loss.regressionDirections === 'query') return forward;
  const reverse = isExemplarFree
    ? model.ownScore(stageFeatures.exemplar)
    : model.relativeScore(stageFeatures.exemplar, stageFeatures.query);
  return tf.add(forward, error(reverse, exemplar, query));
}

/** L_cont, eq. 8, times the weight of the configuration; always on cut stages, even if the regression compares whole clips. */
function contrastiveLoss(model: MCoRe, { stageFeatures, features, transitions }: PairForward): tf.Scalar {
  const { form, temperature, weight } = model.config.loss.contrastive;
  if (weight === 0) return tf.scalar(0);
  const [query, exemplar] = model.config.stagewise
    ? [stageFeatures.query, stageFeatures.exemplar]
    : tf.split(model.stageFeatures(features, [...transitions.query, ...transitions.exemplar]), 2, 0);
  return tf.mul(stageContrastiveLoss(query!, exemplar!, { form, temperature, weight: 1 }), weight);
}
