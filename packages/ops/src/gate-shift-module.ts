import { ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { gateConv3d } from './gate-conv3d.js';
import { gateShift } from './gate-shift.js';
import { hasKernel } from './plain/run-kernel.js';
import { biasRelu } from './relu.js';

/** Weights of a gate-shift module, its normalisation folded to a factor and an offset. */
export interface GateShiftModuleWeights {
  /** `[fold]`: the normalisation's `gamma / sqrt(variance + epsilon)`. */
  scale: tf.Tensor1D;
  /** `[fold]`: the normalisation's `beta - mean * scale`. */
  offset: tf.Tensor1D;
  /** `[3, 3, 3, fold / 2, 2]`, as {@link gateConv3d} takes it. */
  filter: tf.Tensor5D;
  /** `[2]`. */
  bias: tf.Tensor1D;
}

/**
 * A whole gate-shift module with fixed statistics. The first `fold` channels become
 * `gateShift(x, tanh(gateConv3d(relu(x * scale + offset), filter, bias)))`; the other channels are copied. It is one pass if the backend
 * has a kernel for it, otherwise a composition of this package's operations.
 *
 * Source: Sudhakaran et al., "Gate-Shift Networks for Video Action Recognition", CVPR 2020, section 3.
 *
 * @param x - `[batch, time, height, width, channels]`.
 * @param weights - Weights for `fold` channels, a multiple of 4 and at most the channels of `x`.
 * @returns Shaped like `x`; the caller disposes it.
 * @throws ShapeError if the arguments don't fit together.
 */
export function gateShiftModule(x: tf.Tensor5D, weights: GateShiftModuleWeights): tf.Tensor5D {
  const { scale, offset, filter, bias } = weights;
  assertShape('gateShiftModule', 'x', x, ['batch', 'time', 'height', 'width', 'channels']);
  const fold = scale.size;
  if (fold % 4 !== 0 || fold > x.shape[4]) {
    throw new ShapeError(
      `gateShiftModule: scale must be [fold], a multiple of 4 and at most the ${x.shape[4]} channels of x, got [${scale.shape}].`,
    );
  }
  assertShape('gateShiftModule', 'scale', scale, ['fold']);
  assertShape('gateShiftModule', 'offset', offset, [fold]);
  assertShape('gateShiftModule', 'filter', filter, [3, 3, 3, fold / 2, 2]);
  assertShape('gateShiftModule', 'bias', bias, [2]);
  return hasKernel('McoreGateShiftModule') ? fused(x, weights) : tf.tidy(() => composed(x, weights));
}

function composed(x: tf.Tensor5D, { scale, offset, filter, bias }: GateShiftModuleWeights): tf.Tensor5D {
  const [batch, time, height, width, channels] = x.shape;
  const fold = scale.size;
  // two axes if possible: tfjs's webgpu backend neither multiplies tensors of rank 5 by vectors nor pads them, and plain wasm slices them
  // about fifty times slower
  const count = batch * time * height * width;
  const shape: tf.Tensor5D['shape'] = [batch, time, height, width, fold];
  const rows = tf.reshape(x, [count, channels]);
  const first = tf.slice(rows, [0, 0], [count, fold]);
  const seen: tf.Tensor5D = tf.reshape(biasRelu(tf.mul(first, scale), offset), shape);
  const shifted = gateShift(tf.reshape(first, shape), tf.tanh(gateConv3d(seen, filter, bias)));
  if (fold === channels) {
    return shifted;
  }
  const rest = tf.slice(rows, [0, fold], [count, channels - fold]);
  return tf.reshape(tf.concat([tf.reshape(shifted, [count, fold]), rest], 1), x.shape);
}

function fused(x: tf.Tensor5D, weights: GateShiftModuleWeights): tf.Tensor5D {
  const { scale, offset, filter, bias } = weights;
  const run = (name: string, inputs: Record<string, tf.Tensor>) =>
    tf.engine().runKernel(name, inputs, {}) as tf.Tensor[];
  return differentiable<Record<string, tf.Tensor>, tf.Tensor5D>({
    inputs: { x, scale, offset, filter, bias },
    forward: (save) => {
      const [y, gate] = run('McoreGateShiftModule', { x, scale, offset, filter, bias });
      save([x, gate!, scale, offset, filter]);
      return y as tf.Tensor5D;
    },
    backward: (dy, saved) => {
      const [savedX, gate, savedScale, savedOffset, savedFilter] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const [dx, dScale, dOffset, dFilter, dBias] = run('McoreGateShiftModuleGradient', {
        dy,
        x: savedX,
        gate,
        scale: savedScale,
        offset: savedOffset,
        filter: savedFilter,
      }) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      return { x: dx, scale: dScale, offset: dOffset, filter: dFilter, bias: dBias };
    },
  });
}
