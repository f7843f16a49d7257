import { differentiable } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';

/** Added to the variance: PyTorch's default, which the released code keeps. */
const epsilon = 1e-5;

/**
 * Layer normalisation of the last axis: `(x - mean) / sqrt(variance + 1e-5) * scale + shift`, the variance divided by the number of
 * channels. The gradient is hand-written.
 *
 * Source: `torch.nn.LayerNorm`.
 *
 * @param x - `[rows, channels]`.
 * @param scale - `[channels]`.
 * @param shift - `[channels]`.
 * @returns `[rows, channels]`; the caller disposes it.
 */
export function layerNorm(x: tf.Tensor2D, scale: tf.Tensor1D, shift: tf.Tensor1D): tf.Tensor2D {
  return differentiable<{ x: tf.Tensor2D; scale: tf.Tensor1D; shift: tf.Tensor1D }, tf.Tensor2D>({
    inputs: { x, scale, shift },
    forward: (save) => {
      const centred = tf.sub(x, tf.mean(x, 1, true));
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon)); // [rows, 1]
      const unit = tf.mul(centred, inverse);
      save([unit, inverse, scale]);
      return tf.add(tf.mul(unit, scale), shift);
    },
    backward: (dy, [unit, inverse, gain]) => ({
      x: () => {
        const dUnit = tf.mul(dy, gain!);
        const along = tf.mean(tf.mul(dUnit, unit!), 1, true);
        return tf.mul(tf.sub(tf.sub(dUnit, tf.mean(dUnit, 1, true)), tf.mul(unit!, along)), inverse!);
      },
      scale: () => tf.sum(tf.mul(dy, unit!), 0),
      shift: () => tf.sum(dy, 0),
    }),
  });
}
