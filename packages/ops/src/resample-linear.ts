import { ArgumentError, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';

/** First frame and the frame after the last. */
export type FrameRange = readonly [start: number, end: number];

/**
 * Linear interpolation of ranges of frames to a fixed number of steps, both ends kept (`align_corners=True`): step i reads frame `start + i
 * * (end - start - 1) / (steps - 1)`.
 *
 * Source: `torch.nn.functional.interpolate(mode='linear', align_corners=True)`.
 *
 * @param x - `[batch, time, channels]`.
 * @param ranges - The same number of ranges for every clip, each within 0 .. time and not empty.
 * @param steps - Steps for every range, at least 1.
 * @returns `[batch, ranges, steps, channels]`; the caller disposes it.
 * @throws ShapeError or ArgumentError if the ranges don't fit `x`.
 */
export function resampleLinear(x: tf.Tensor3D, ranges: readonly (readonly FrameRange[])[], steps: number): tf.Tensor4D {
  assertShape('resampleLinear', 'x', x, ['batch', 'time', 'channels']);
  const [batch, time, channels] = x.shape;
  const count = ranges[0]?.length ?? 0;
  if (ranges.length !== batch || ranges.some((ofClip) => ofClip.length !== count)) {
    const got = ranges.map((ofClip) => ofClip.length).join(', ');
    throw new ShapeError(`resampleLinear: ranges must be the same number for each of ${batch} clips, got [${got}].`);
  }
  if (!Number.isInteger(steps) || steps < 1) {
    throw new ArgumentError(`resampleLinear: steps must be a positive whole number, got ${steps}.`);
  }
  const weights = interpolationWeights(ranges, steps, time);
  const matrix = () => tf.tensor3d(weights, [batch, count * steps, time]);
  return differentiable<{ x: tf.Tensor3D }, tf.Tensor4D>({
    inputs: { x },
    forward: () => tf.reshape(tf.matMul(matrix(), x), [batch, count, steps, channels]),
    backward: (dy) => ({
      x: () => tf.matMul(tf.transpose(matrix(), [0, 2, 1]), tf.reshape(dy, [batch, count * steps, channels])),
    }),
  });
}

/**
 * The position that a step of {@link resampleLinear} reads.
 *
 * @param range - First frame and the frame after the last.
 * @param step - From 0.
 * @param steps - Number of steps of the range, at least 1.
 * @returns The frame at or before it, and the weight in [0, 1) of the next frame.
 */
export function interpolationPoint(
  [start, end]: FrameRange,
  step: number,
  steps: number,
): { frame: number; share: number } {
  const position = steps === 1 ? 0 : (step * (end - start - 1)) / (steps - 1);
  const below = Math.floor(position);
  return { frame: start + below, share: position - below };
}

/** Rows of weights over the frames, `[batch, ranges * steps, time]`. */
function interpolationWeights(ranges: readonly (readonly FrameRange[])[], steps: number, time: number): Float32Array {
  const flat = ranges.flat();
  const weights = new Float32Array(flat.length * steps * time);
  for (const [index, [start, end]] of flat.entries()) {
    if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= time)) {
      throw new ArgumentError(
        `resampleLinear: a range must be within 0 .. ${time} and not empty, got [${start}, ${end}].`,
      );
    }
    for (let step = 0; step < steps; step++) {
      const { frame, share } = interpolationPoint([start, end], step, steps);
      const row = (index * steps + step) * time + frame;
      weights[row] = 1 - share;
      if (share > 0) {
        weights[row + 1] = share;
      }
    }
  }
  return weights;
}
