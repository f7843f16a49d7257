import type { WeightMap } from '@mcore/ops';
import type { Random } from '@mcore/random';
import type * as tf from '@tensorflow/tfjs-core';
import type { CommonConfig } from './common-config.js';

/** Labels of one clip. A head reads those that its {@link HeadNeeds} name and ignores the rest. */
export interface ClipLabel {
  /** The score, in points. */
  readonly score: number;
  /** Degree of difficulty, above 0: for heads that work on quality, score / difficulty. */
  readonly difficulty?: number;
  /** True frame of every transition, in 0 .. time - 1. */
  readonly transitions?: readonly number[];
  /**
   * Where stages are cut in training; the true transitions unless given. TSA's released schedule cuts at predicted transitions after a
   * quarter of training.
   */
  readonly cuts?: readonly number[];
  /** Marks of the judges as the data lists them, 0 .. 10 in steps of 0.5. */
  readonly awards?: readonly number[];
  /** Slots of the steps that the action has, as `diveSteps` gives them. */
  readonly steps?: readonly number[];
}

/** Features of a batch of clips, all of the same length. */
export interface ClipFeatures {
  /** Of every frame, `[batch, time, channels]`. */
  readonly features: tf.Tensor3D;
  /** The same before the mean over positions, `[batch, time, height, width, channels]`: for heads that look at places. */
  readonly maps?: tf.Tensor5D;
}

/** A batch of clips to learn from. */
export interface LabelledClips extends ClipFeatures {
  /** One a clip. */
  readonly labels: readonly ClipLabel[];
}

/** A batch to learn from: queries and, for heads that compare, as many exemplars. */
export interface TrainingBatch {
  readonly query: LabelledClips;
  readonly exemplar?: LabelledClips;
}

/** Options of {@link Head.loss}. */
export interface LossOptions {
  /** What dropout and noise are drawn from; needed in training unless the head's configuration has neither. */
  readonly random?: Random;
  /** Epochs done, for parts of a loss whose weight changes; 0 unless given. */
  readonly epoch?: number;
}

/** A loss and its parts: scalars, `total` their weighted sum. The caller disposes them. */
export type HeadLosses = { readonly total: tf.Scalar } & { readonly [part: string]: tf.Scalar };

/** What a head needs to learn and to predict, beyond features and scores. */
export interface HeadNeeds {
  /** It compares a query with exemplars. */
  readonly exemplars: boolean;
  /** True transitions, in training. */
  readonly transitions: boolean;
  /** Judges' marks, in training. */
  readonly awards: boolean;
  /** Difficulty, in training and to predict. */
  readonly difficulty: boolean;
  /** Steps of the action, in training and to predict. */
  readonly steps: boolean;
  /** Features before the mean over positions; it runs without them too, on the frames' features. */
  readonly maps: boolean;
  /**
   * Its loss is no mean over pairs, so that the gradient of a batch is not the mean of its pairs' gradients: give it whole batches for the
   * method as released. Single pairs are a valid batch too.
   */
  readonly wholeBatch: boolean;
}

/** A clip as a head sees it when it predicts: plain data that a bank can keep. */
export interface EncodedClip {
  readonly values: Float32Array;
  /** Sizes of `values`. */
  readonly shape: readonly number[];
  /** Predicted transitions, in frames of the clip, where the head finds any. */
  readonly transitions?: readonly number[];
  /** How unsure the head is of this clip, where it says: larger is less sure. */
  readonly uncertainty?: number;
}

/** An encoded clip of which the score is known. */
export interface ScoredExemplar extends EncodedClip {
  /** In points. */
  readonly score: number;
  readonly difficulty?: number;
}

/** What a head needs to know of a query besides its features. */
export interface QueryLabel {
  readonly difficulty?: number;
  /** As in {@link ClipLabel}. */
  readonly steps?: readonly number[];
}

/** A predicted score and what it rests on. */
export interface HeadPrediction {
  /** In points. */
  readonly score: number;
  /** Standard deviation of the votes, in points; 0 for fewer than two votes. */
  readonly spread: number;
  /** One for every exemplar, in points: what comparing with it says of the query. Empty without exemplars. */
  readonly votes: readonly number[];
}

/**
 * A method of action quality assessment on frame features: a trainable part with its loss and its prediction.
 *
 * Its weights go by PyTorch's state-dict names and layouts. `encode` is what takes time and what a bank keeps of an exemplar; `predict`
 * compares encoded clips.
 */
export interface Head {
  /** The configuration, complete: plain data that survives JSON. */
  readonly config: CommonConfig & { readonly method: string };
  /** What it needs besides features and scores. */
  readonly needs: HeadNeeds;
  /** The variables by name; they stay this object's. */
  weights(): Map<string, tf.Variable>;
  /**
   * Sets all weights.
   *
   * @throws WeightsError naming every missing, extra and misshapen tensor; nothing was changed then.
   */
  load(map: WeightMap): void;
  /**
   * The training loss, differentiable in weights and features.
   *
   * @throws ShapeError or ArgumentError if the batch does not fit or lacks what the head needs.
   */
  loss(batch: TrainingBatch, options?: LossOptions): HeadLosses;
  /**
   * What predictions are made of, one a clip.
   *
   * @param clips - Of one batch; their labels say what the head must know of a query.
   */
  encode(clips: ClipFeatures, labels?: readonly QueryLabel[]): Promise<EncodedClip[]>;
  /**
   * Predicts the score of a query.
   *
   * @param query - As {@link encode} gave it.
   * @param exemplars - At least one for a head that compares; not used by others.
   */
  predict(query: EncodedClip & QueryLabel, exemplars?: readonly ScoredExemplar[]): Promise<HeadPrediction>;
  /** Frees the weights. */
  dispose(): void;
}
