import { ArgumentError, formatShape, ShapeError } from '@mcore/errors';
import { type FrameRange, interpolationPoint, resampleLinear } from '@mcore/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { checkedTransitions, type Transitions } from './transitions.js';

/**
 * Cuts features at the transitions and resamples every stage to the same number of steps by linear interpolation that keeps
 * both ends (`torch.nn.functional.interpolate`, `align_corners=True`). Differentiable.
 *
 * Transitions need not be valid, because decoders and custom labels may return any:
 * - each is clamped to 1 .. time - 1, so that the first and the last stage have a frame (the released code turns a predicted 0 into 1);
 * - they are sorted;
 * - a stage without frames uses the first frame of the next stage for all its steps.
 *
 * Source: An et al., "Multi-stage Contrastive Regression for Action Quality Assessment", ICASSP 2024, section 2.5.
 *
 * @param features - Frame features, `[batch, time, channels]`.
 * @param transitions - First frame of stages 2, 3, ... of every clip, `[batch][stages - 1]`, whole numbers in 0 .. time.
 * @param steps - Steps per stage, at least 1; a single step is the stage's first frame. The paper uses 5.
 * @returns `[batch, stages, steps, channels]`; the caller disposes it.
 * @throws {@link ShapeError} if the transitions don't fit the features; {@link ArgumentError} if one is not a frame index, or `steps` is
 * not a positive whole number.
 */
export function resampleStages(features: tf.Tensor3D, transitions: Transitions, steps: number): tf.Tensor4D {
  if (features.rank !== 3 || features.size === 0) {
    throw new ShapeError(
      `resampleStages: features must be [batch, time, channels] and not empty, got ${formatShape(features.shape)}.`,
    );
  }
  if (!Number.isInteger(steps) || steps < 1) {
    throw new ArgumentError(`resampleStages: steps must be a positive whole number, got ${steps}.`);
  }
  const [batch, time] = features.shape;
  const frames = checkedTransitions('resampleStages', transitions, batch, transitions[0]?.length ?? 0, time);
  const ranges = frames.map((row) => stageRanges(row, time));
  return resampleLinear(features, ranges, steps);
}

/**
 * {@link resampleStages} for one clip's features in an array, without tensors.
 *
 * @param features - Time x channels.
 * @param channels - Features per frame.
 * @param transitions - Transitions of this clip, as in {@link resampleStages}.
 * @param steps - Steps per stage.
 * @returns Stages x steps x channels.
 * @throws {@link ShapeError} if the features are not whole frames; {@link ArgumentError} as {@link resampleStages}.
 */
export function resampleStageValues(
  features: Float32Array,
  channels: number,
  transitions: ArrayLike<number>,
  steps: number,
): Float32Array {
  const time = features.length / channels;
  if (!Number.isInteger(time) || time < 1) {
    throw new ShapeError(
      `resampleStageValues: features must be whole frames of ${channels} channels, at least one, got ${features.length} numbers.`,
    );
  }
  if (!Number.isInteger(steps) || steps < 1) {
    throw new ArgumentError(`resampleStageValues: steps must be a positive whole number, got ${steps}.`);
  }
  const [frames] = checkedTransitions('resampleStageValues', [transitions], 1, transitions.length, time);
  const ranges = stageRanges(frames!, time);
  const result = new Float32Array(ranges.length * steps * channels);
  let write = 0;
  for (const range of ranges) {
    for (let step = 0; step < steps; step++) {
      const { frame, share } = interpolationPoint(range, step, steps);
      const [own, other] = [Math.fround(1 - share), Math.fround(share)];
      const from = frame * channels;
      for (let channel = 0; channel < channels; channel++) {
        const next = share === 0 ? 0 : other * features[from + channels + channel]!;
        result[write++] = own * features[from + channel]! + next;
      }
    }
  }
  return result;
}

/** First frame and frame after the last of every stage; no stage is empty. */
function stageRanges(transitions: readonly number[], time: number): FrameRange[] {
  const inside = transitions.map((frame) => Math.min(Math.max(frame, 1), time - 1)).sort((a, b) => a - b);
  const borders = [0, ...inside, time];
  return borders.slice(1).map((end, stage) => {
    const start = borders[stage]!;
    return [start, Math.max(end, start + 1)] as const;
  });
}
