import { differentiable } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Gaussian error linear unit, `x P(X <= x)` of a standard normal X; the exact form, not the one with tanh.
 *
 * Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016. tfjs computes the error function to 1.5e-7.
 *
 * @param x - Any shape.
 * @returns Shaped like `x`; the caller disposes it.
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  return differentiable<{ x: T }, T>({
    inputs: { x },
    forward: (save) => {
      const share = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5); // P(X <= x)
      save([x, share]);
      return tf.mul(x, share);
    },
    backward: (dy, [input, share]) => ({
      // the product rule; the derivative of P(X <= x) is the density
      x: () => {
        const density = tf.mul(tf.exp(tf.mul(tf.square(input!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return tf.mul(dy, tf.add(share!, tf.mul(input!, density)));
      },
    }),
  });
}
