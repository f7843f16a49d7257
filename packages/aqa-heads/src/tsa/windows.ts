import * as tf from '@tensorflow/tfjs-core';

/**
 * Means over windows of frames that lie evenly in the clip; of 96 frames, nine windows of a sixth start at 0, 10, ... 80.
 *
 * @param x - `[batch, time, channels]`.
 * @param count - Windows.
 * @param length - Of a window, as a fraction of the clip.
 * @returns `[batch, count, channels]`; the caller disposes it.
 */
export function windowMeans(x: tf.Tensor3D, count: number, length: number): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, time] = x.shape;
    const frames = Math.max(1, Math.round(length * time));
    const weights = new Float32Array(count * time);
    for (let window = 0; window < count; window++) {
      const start = count === 1 ? 0 : Math.round((window * (time - frames)) / (count - 1));
      weights.fill(1 / frames, window * time + start, window * time + start + frames);
    }
    const matrix = tf.tile(tf.tensor3d(weights, [1, count, time]), [batch, 1, 1]) as tf.Tensor3D;
    return tf.matMul(matrix, x);
  });
}
