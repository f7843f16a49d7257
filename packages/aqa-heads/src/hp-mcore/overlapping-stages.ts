import { type FrameRange, resampleLinear } from '@mcore/ops';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * Cuts features into stages that overlap and are never empty, and resamples each: with transitions t1 < ... < tK the frames 0 .. t1, then
 * t1 .. t2 and so on, both ends included, and tK - 1 .. the last.
 *
 * Source: the released code of HP-MCoRe (2025).
 *
 * @param features - `[batch, time, channels]`.
 * @param transitions - `[batch][stages - 1]`, frames in 0 .. time - 1; sorted first.
 * @param steps - Steps a stage gets; both ends are kept.
 * @returns `[batch, stages, steps, channels]`; the caller disposes it.
 */
export function overlappingStages(
  features: tf.Tensor3D,
  transitions: readonly (readonly number[])[],
  steps: number,
): tf.Tensor4D {
  const time = features.shape[1];
  const ranges = transitions.map((frames) => {
    const sorted = [...frames].sort((a, b) => a - b);
    const starts = [0, ...sorted.slice(0, -1), Math.max(sorted.at(-1)! - 1, 0)];
    const ends = [...sorted.map((frame) => frame + 1), time];
    return starts.map((start, stage): FrameRange => [start, ends[stage]!]);
  });
  return resampleLinear(features, ranges, steps);
}
