import * as tf from '@tensorflow/tfjs-core';

/** Below this length a vector counts as zero: `torch.nn.functional.normalize`'s epsilon. */
const epsilon = 1e-12;

/** Vectors of length 1, and values for their gradient. */
interface Normalized {
  /** `x / max(|x|, 1e-12)`, shaped like x. */
  readonly unit: tf.Tensor;
  /** `1 / |x|`, or 0 where |x| is below 1e-12; shaped like x with 1 as last size. */
  readonly inverseLength: tf.Tensor;
}

/**
 * L2-normalises the last axis, so that dot products are the cosines of eq. 4 of the paper. It divides by the largest element first, so that
 * squares neither overflow nor vanish.
 *
 * Runs inside the caller's tidy and is not differentiable by itself: see {@link normalizeGradient}.
 */
export function normalize(x: tf.Tensor): Normalized {
  const scale = tf.maximum(tf.max(tf.abs(x), -1, true), epsilon); // [..., 1]
  const scaled = tf.div(x, scale);
  // at least 1 where |x| >= epsilon, so that the second maximum acts on shorter vectors only
  const squares = tf.sum(tf.square(scaled), -1, true);
  const length = tf.sqrt(tf.maximum(squares, 1));
  const alive = tf.cast(tf.greaterEqual(squares, 1), 'float32');
  return { unit: tf.div(scaled, length), inverseLength: tf.div(tf.div(alive, length), scale) };
}

/**
 * Gradient of {@link normalize}: `(dy - unit (unit . dy)) / |x|`. A vector shorter than 1e-12 gets 0; PyTorch would multiply by 1e12.
 */
export function normalizeGradient(dy: tf.Tensor, { unit, inverseLength }: Normalized): tf.Tensor {
  const along = tf.sum(tf.mul(dy, unit), -1, true);
  return tf.mul(tf.sub(dy, tf.mul(unit, along)), inverseLength);
}
