import { ArgumentError, formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { checkedTransitions, type Transitions } from './transitions.js';

/** Options of {@link segmentationLoss}. */
export interface SegmentationLossOptions {
  /** `'released'`: a softmax over frames. `'paper'`: a sigmoid for every frame. */
  readonly form: 'released' | 'paper';
  /**
   * One factor per transition, at least 0. Default for `'released'`: 1, but 2 for the last transition, as in the released code. For
   * `'paper'`: 1.
   */
  readonly weights?: readonly number[];
}

/**
 * Segmentation loss L_ce of the logits of a `BiGruSegmenter`.
 *
 * - `'released'`: for every transition, the cross-entropy of a softmax over FRAMES against its true frame, times its weight; then the mean
 *   over batch x transitions (not divided by the weights). For two transitions the authors' code computes this with
 *   `nn.CrossEntropyLoss` on probabilities `[batch, time, 2]`.
 * - `'paper'` (An et al., ICASSP 2024, eq. 3): every frame's label for every transition is 1 or 0, as section 2.3 defines them;
 *   binary cross-entropy against the sigmoid of the logit, times the transition's weight, summed over transitions; the mean
 *   over batch x frames. The paper does not specify its softmax and mean; this is our interpretation.
 *
 * @param logits - `[batch, time, transitions]`.
 * @param transitions - True frame of every transition, `[batch][transitions]`, in 0 .. time - 1, in any order.
 * @param options - Form and weights.
 * @returns A scalar of at least 0; the caller disposes it.
 * @throws {@link ShapeError} if the transitions don't fit the logits; {@link ArgumentError} if one is not a frame index, or an option is
 * out of range.
 */
export function segmentationLoss(
  logits: tf.Tensor3D,
  transitions: Transitions,
  options: SegmentationLossOptions,
): tf.Scalar {
  if (logits.rank !== 3 || logits.size === 0) {
    throw new ShapeError(
      `segmentationLoss: logits must be [batch, time, transitions] and not empty, got ${formatShape(logits.shape)}.`,
    );
  }
  const [batch, time, count] = logits.shape;
  const frames = checkedTransitions('segmentationLoss', transitions, batch, count, time - 1);
  const weights = checkedWeights(options, count);
  return tf.tidy(() => {
    const byTransition = tf.transpose(logits, [0, 2, 1]); // [B, T, K] -> [B, K, T]
    const truth = oneHot(frames, time); // [B, K, T]
    const losses =
      options.form === 'released' ? overFrames(byTransition, truth, count) : perFrame(byTransition, truth, time); // [B, K, T]
    return tf.div(tf.sum(tf.mul(losses, tf.tensor(weights, [1, count, 1]))), batch) as tf.Scalar;
  });
}

/** Cross-entropy of the softmax over frames, divided by the number of transitions. */
function overFrames(logits: tf.Tensor, truth: tf.Tensor, count: number): tf.Tensor {
  return tf.div(tf.mul(tf.logSoftmax(logits), truth), -count);
}

/** Binary cross-entropy of every frame, log(1 + e^l) - l where the label is 1, divided by the number of frames. */
function perFrame(logits: tf.Tensor, truth: tf.Tensor, time: number): tf.Tensor {
  return tf.div(tf.sub(tf.softplus(logits), tf.mul(logits, truth)), time);
}

function oneHot(frames: readonly (readonly number[])[], time: number): tf.Tensor3D {
  const [batch, count] = [frames.length, frames[0]!.length];
  const values = new Float32Array(batch * count * time);
  for (const [row, frame] of frames.flat().entries()) values[row * time + frame] = 1;
  return tf.tensor3d(values, [batch, count, time]);
}

function checkedWeights({ form, weights }: SegmentationLossOptions, count: number): number[] {
  if (form !== 'released' && form !== 'paper') {
    throw new ArgumentError(`segmentationLoss: form must be 'released' or 'paper', got ${JSON.stringify(form)}.`);
  }
  if (weights === undefined) {
    // the released code weights the last transition by 2
    return Array.from({ length: count }, (_, index) => (form === 'released' && index === count - 1 ? 2 : 1));
  }
  if (weights.length !== count || weights.some((weight) => !(weight >= 0 && Number.isFinite(weight)))) {
    throw new ArgumentError(
      `segmentationLoss: weights must be ${count} numbers of at least 0, got [${weights.join(', ')}].`,
    );
  }
  return [...weights];
}
