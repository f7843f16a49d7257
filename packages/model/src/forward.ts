import type * as tf from '@tensorflow/tfjs-core';

/** Where queries and exemplars are cut: batch x transitions indices of sampled frames, the first of the second and later stages. */
export interface PairTransitions {
  query: readonly (readonly number[])[];
  exemplar: readonly (readonly number[])[];
}

/** Options of `MCoRe.forward`. */
export interface ForwardOptions {
  /**
   * Where stages are cut, in training the true transitions; unless given they are decoded, which reads logits synchronously (webgpu
   * can't in Node).
   */
  transitions?: PairTransitions;
  /** Given in training alone: seeds the segmenter's dropout. */
  dropoutSeed?: string | undefined;
}

/** What `MCoRe.forward` computes of B pairs of clips, in the order of the paper. */
export type PairForward = {
  /**
   * The score of the query less that of the exemplar, in units of `config.scoreScale` points, `[batch]`. Of an exemplar-free model the
   * score of the query itself.
   */
  relativeScore: tf.Tensor1D;
  /** Where stages were cut. */
  transitions: { query: number[][]; exemplar: number[][] };
  /** What was compared, each shaped as `MCoRe.regressionShape` says, after the batch. */
  stageFeatures: { query: tf.Tensor4D; exemplar: tf.Tensor4D };
  /** Scores of every frame for being a transition, of queries, then of exemplars, `[2 batch, time, transitions]`. */
  logits: tf.Tensor3D;
  /** Of every frame, of queries, then of exemplars, `[2 batch, time, channels]`. */
  features: tf.Tensor3D;
};
