import { formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { runKernelOr } from './plain/run-kernel.js';

/** A batch normalisation with fixed statistics, under PyTorch's names. */
export interface FixedNormalization {
  /** Gamma, `[outputs]`. */
  weight: tf.Tensor1D;
  /** Beta, `[outputs]`. */
  bias: tf.Tensor1D;
  /** `[outputs]`; a constant. */
  runningMean: tf.Tensor1D;
  /** `[outputs]`; a constant. */
  runningVariance: tf.Tensor1D;
  /** Added to the variance before its root; PyTorch's default is 1e-5. */
  epsilon: number;
}

/** A convolution's filter and bias that include the normalisation. */
export interface FoldedConvolution {
  /** `[height, width, inputs, outputs]`. */
  filter: tf.Tensor4D;
  /** `[outputs]`. */
  bias: tf.Tensor1D;
}

/**
 * Combines a convolution without bias and the batch normalisation after it (with fixed statistics) into one convolution:
 * `gamma (W x - mean) / sqrt(variance + epsilon) + beta = (s W) x + (beta - s mean)` with `s = gamma / sqrt(variance + epsilon)`.
 * Differentiable in the convolution's weight, gamma and beta, exactly.
 *
 * Source: Ioffe and Szegedy, "Batch Normalization", ICML 2015, section 3.1.
 *
 * @param convWeight - PyTorch's layout, `[outputs, inputs, height, width]`.
 * @returns Both tensors; the caller disposes them.
 * @throws ShapeError if the normalisation doesn't fit the convolution.
 */
export function foldNormalization(convWeight: tf.Tensor4D, normalization: FixedNormalization): FoldedConvolution {
  const { weight, bias, runningMean, runningVariance, epsilon } = normalization;
  if (convWeight.rank !== 4) {
    throw new ShapeError(
      `foldNormalization: convWeight must be [outputs, inputs, height, width], got ${formatShape(convWeight.shape)}.`,
    );
  }
  const parts = { weight, bias, runningMean, runningVariance };
  for (const [name, part] of Object.entries(parts)) {
    assertShape('foldNormalization', `normalization.${name}`, part, [convWeight.shape[0]]);
  }
  const [filter, folded] = differentiable<Record<string, tf.Tensor>, tf.Tensor[]>({
    inputs: { convWeight, weight, bias },
    forward: (save) => {
      save([convWeight, weight, runningMean, runningVariance]);
      return runKernelOr<tf.Tensor[]>(
        'McoreFoldNormalization',
        { inputs: { convWeight, ...parts }, attributes: { epsilon } },
        () => {
          const scale = tf.mul(weight, tf.rsqrt(tf.add(runningVariance, epsilon)));
          return [tf.mul(tf.transpose(convWeight, [2, 3, 1, 0]), scale), tf.sub(bias, tf.mul(runningMean, scale))];
        },
      );
    },
    backward: ([dFilter, dFolded], saved) => {
      const [savedConv, savedWeight, mean, variance] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
      const inputs = {
        dFilter: dFilter!,
        dFolded: dFolded!,
        convWeight: savedConv,
        weight: savedWeight,
        mean,
        variance,
      };
      const [dConv, dWeight, dBias] = runKernelOr<tf.Tensor[]>(
        'McoreFoldNormalizationGradient',
        { inputs, attributes: { epsilon } },
        () => {
          const inverse = tf.rsqrt(tf.add(variance, epsilon));
          const straight = tf.transpose(dFilter!, [3, 2, 0, 1]);
          const factors = tf.reshape(tf.mul(savedWeight, inverse), [-1, 1, 1, 1]);
          const dScale = tf.sub(tf.sum(tf.mul(straight, savedConv), [1, 2, 3]), tf.mul(mean, dFolded!));
          return [tf.mul(straight, factors), tf.mul(dScale, inverse), tf.clone(dFolded!)];
        },
      ) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return { convWeight: dConv, weight: dWeight, bias: dBias };
    },
  }) as [tf.Tensor4D, tf.Tensor1D];
  return { filter, bias: folded };
}
