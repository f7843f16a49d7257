import { gateConv3d, gateShift } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';

/** Layers and weights of a gate-shift module. */
interface GateShiftParts {
  /** Normalisation and ReLU of the gates' input, `[positions, fold]`. */
  readonly normalize: (rows: tf.Tensor2D) => tf.Tensor2D;
  /** `[3, 3, 3, fold / 2, 2]`: time, height, width, channel of a half, half. */
  readonly filter: tf.Tensor5D;
  /** `[2]`. */
  readonly bias: tf.Tensor1D;
}

/**
 * A gate-shift module: the first `fold` channels move a part, gated by `tanh(conv3d(normalize(x)))`, one frame along time (`gateShift`);
 * the other channels pass unchanged.
 *
 * Source: Sudhakaran et al., "Gate-Shift Networks for Video Action Recognition", CVPR 2020; sizes as in the released
 * code of MCoRe.
 *
 * @param x - `[batch, time, height, width, channels]`, `channels` at least `fold`.
 * @returns Shaped like `x`; the caller disposes it.
 */
export function shiftFirstChannels(x: tf.Tensor5D, { normalize, filter, bias }: GateShiftParts): tf.Tensor5D {
  const [batch, time, height, width, channels] = x.shape;
  const fold = 2 * filter.shape[3];
  return tf.tidy(() => {
    // two axes if possible: wasm slices rank 5 about fifty times slower, and webgpu can't broadcast along it
    const count = batch * time * height * width;
    const rows: tf.Tensor2D = tf.reshape(x, [count, channels]);
    const first = tf.slice(rows, [0, 0], [count, fold]);
    const foldShape: tf.Tensor5D['shape'] = [batch, time, height, width, fold];
    const seen: tf.Tensor5D = tf.reshape(normalize(first), foldShape);
    const gate = tf.tanh(gateConv3d(seen, filter, bias)); // [B, T, H, W, 2]
    const shifted = gateShift(tf.reshape(first, foldShape), gate);
    if (fold === channels) {
      return shifted;
    }
    const rest = tf.slice(rows, [0, fold], [count, channels - fold]);
    return tf.reshape(tf.concat([tf.reshape(shifted, [count, fold]), rest], 1), x.shape);
  });
}
