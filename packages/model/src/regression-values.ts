import { resampleStageValues } from '@mcore/segmenter';
import type { MCoReConfig } from './config.js';

/**
 * `MCoRe.regressionFeatures` for one clip's features in an array, without tensors.
 *
 * @param config - Chooses stages or whole clips, and the number of steps.
 * @param features - Time x channels.
 * @param channels - Features of a frame.
 * @param transitions - Frame indices.
 * @returns Values of shape `MCoRe.regressionShape`.
 * @throws {@link ShapeError} or {@link ArgumentError} if they don't fit, as `resampleStageValues` of @mcore/segmenter.
 */
export function regressionValues(
  { stagewise, stages, stepsPerStage }: Pick<MCoReConfig, 'stagewise' | 'stages' | 'stepsPerStage'>,
  features: Float32Array,
  channels: number,
  transitions: readonly number[],
): Float32Array {
  return stagewise
    ? resampleStageValues(features, channels, transitions, stepsPerStage)
    : resampleStageValues(features, channels, [], stages * stepsPerStage);
}
