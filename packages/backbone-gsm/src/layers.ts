import type { Activation } from '@mcore/ops';
import type * as tf from '@tensorflow/tfjs-core';
import type { Convolution } from './convolutions.js';

/** Added to a variance before its root. Source: timm and PyTorch. */
export const EPSILON = 1e-5;

/** PyTorch's `[outputs, inputs, height, width]` to `[height, width, inputs, outputs]`. */
export const FILTER_ORDER = [2, 3, 1, 0] as const;

/**
 * PyTorch's `[halves, channels of a half, time, height, width]` to `[time, height, width, channels of a half,
 * halves]`.
 */
export const GATE_FILTER_ORDER = [2, 3, 4, 1, 0] as const;

/** A weight by its name in the state dict. */
export type WeightOf = (name: string) => tf.Tensor;

/** A map of frames, `[frames, height, width, channels]`. */
export type FrameLayer = (x: tf.Tensor4D) => tf.Tensor4D;

/** A map of clips, `[batch, time, height, width, channels]`. */
export type ClipLayer = (x: tf.Tensor5D) => tf.Tensor5D;

/**
 * A source of layers for a network. The network is defined once. Fixed statistics, measured statistics and frozen inference differ only in
 * how a batch normalisation combines with its convolution.
 */
export interface Layers {
  /** Convolution `<conv>.weight`, batch normalisation `<norm>.*`, activation. */
  convolution(conv: string, norm: string, convolve: Convolution, activation: Activation): FrameLayer;
  /** Gate-shift module `<name>.bn.*`, `<name>.conv3D.*`. */
  gateShift(name: string): ClipLayer;
  /** A weight without a normalisation after it, with its axes in the given order. */
  weight(name: string, order: readonly number[]): tf.Tensor;
}
