import { resampleStageValues } from '@mcore/segmenter';
import type { MCoReConfig } from './config.js';

/**
 * `MCoRe.regressionFeatures` of one clip's features that have been read already, whatever computed them.
 *
 * @param config - Says whether stages are compared or whole clips, and in how many steps.
 * @param features - Time x channels.
 * @param channels - Features of a frame.
 * @param transitions - Frame indices.
 * @returns Shaped as `MCoRe.regressionShape` says.
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
