import { ShapeError } from '@mcore/errors';
import type * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { gateShiftBackward, gateShiftForward } from './plain/gate.js';
import { runKernelOr } from './plain/run-kernel.js';

/**
 * Gate shift: each half of the channels moves its gated part one frame along time and keeps the rest; then each half is interleaved.
 *
 * `y = gate * x` and `r = x - y` in each half. In the first half, frame t gets `y[t + 1]` (zero at the end); in the second half, `y[t - 1]`
 * (zero at the start); `r` is added. Then a half's channels, seen as `(2, channels / 4)`, are transposed.
 *
 * Source: Sudhakaran et al., "Gate-Shift Networks for Video Action Recognition", CVPR 2020, section 3.
 *
 * @param x - Features, `[batch, time, height, width, channels]`, channels divisible by 4.
 * @param gate - In [-1, 1], `[batch, time, height, width, 2]`: one map per half.
 * @returns Shaped like `x`; the caller disposes it.
 * @throws ShapeError if `gate` does not fit `x`.
 */
export function gateShift(x: tf.Tensor5D, gate: tf.Tensor5D): tf.Tensor5D {
  assertShape('gateShift', 'x', x, ['batch', 'time', 'height', 'width', 'channels']);
  const [batch, time, height, width, channels] = x.shape;
  if (channels % 4 !== 0) {
    throw new ShapeError(`gateShift: the channels of x must be divisible by 4, got ${channels}.`);
  }
  assertShape('gateShift', 'gate', gate, [batch, time, height, width, 2]);
  return differentiable({
    inputs: { x, gate },
    forward: (save) => {
      save([x, gate]);
      return runKernelOr<tf.Tensor5D>('McoreGateShift', { inputs: { x, gate } }, () => gateShiftForward(x, gate));
    },
    backward: (dy, saved) => {
      const [input, gates] = saved as [tf.Tensor5D, tf.Tensor5D];
      const [dx, dGate] = runKernelOr<tf.Tensor[]>(
        'McoreGateShiftGradient',
        { inputs: { dy, x: input, gate: gates } },
        () => gateShiftBackward(dy, input, gates),
      ) as [tf.Tensor5D, tf.Tensor5D];
      return { x: dx, gate: dGate };
    },
  });
}
