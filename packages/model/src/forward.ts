import type * as tf from '@tensorflow/tfjs-core';

/** Transitions at which queries and exemplars are cut: batch x transitions indices of sampled frames, the first of the second and later stages. */
export interface PairTransitions {
  query: readonly (readonly number[])[];
  exemplar: readonly (readonly number[])[];
}

/** Options of `MCoRe.forward`. */
export interface ForwardOptions {
  /**
   * Transitions at which stages are cut; in training, the true ones. By default they are decoded, which reads logits synchronously (webgpu
   * can't in Node).
   */
  transitions?: PairTransitions;
  /** Seed of the segmenter's dropout; for training only. */
  dropoutSeed?: string | undefined;
}

/** What `MCoRe.forward` computes of B pairs of clips, in the order of the paper. */
export type PairForward = {
  /**
   * The score of the query minus that of the exemplar, in units of `config.scoreScale` points, `[batch]`. For an exemplar-free model, the
   * score of the query itself.
   */
  relativeScore: tf.Tensor1D;
  /** Where stages were cut. */
  transitions: { query: number[][]; exemplar: number[][] };
  /** The compared features, each `[batch, ...MCoRe.regressionShape]`. */
  stageFeatures: { query: tf.Tensor4D; exemplar: tf.Tensor4D };
  /** Scores of every frame for being a transition, of queries, then of exemplars, `[2 batch, time, transitions]`. */
  logits: tf.Tensor3D;
  /** Features of every frame, of queries, then of exemplars, `[2 batch, time, channels]`. */
  features: tf.Tensor3D;
};
