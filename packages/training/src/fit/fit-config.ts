import { type Clip, type ClipSource, stagesOf } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { type MCoReConfig, presets } from '@mcore/model';

/**
 * Fits a preset to the clips that are trained on: as many stages as they have and, for clips other than dives where the preset
 * scales scores at all, a scale that is the deviation of the training scores.
 *
 * @param config - Changed.
 * @throws {@link DataError} if no model can be trained on such clips.
 */
export function fitConfig(config: MCoReConfig, source: ClipSource, train: readonly Clip[]): void {
  const stages = stagesOf(source);
  if (stages > config.input.frames) {
    throw new DataError(
      `fit: expected at most ${config.input.frames} stages, one for each sampled frame of this preset, got ${stages}.`,
    );
  }
  const preset = presets[config.preset];
  if (config.stages !== stages && config.stages !== preset.stages) {
    throw new DataError(`fit: expected clips of ${config.stages} stages, as configured, got ${stages} stages.`);
  }
  config.stages = stages;
  // presets are made for FineDiving's points; a list of own videos has points of its own
  if (preset.scoreScale === 1 || config.scoreScale !== preset.scoreScale || source.kind !== 'manifest') return;
  const scores = train.map(({ score }) => score);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
  if (!(deviation > 0)) {
    throw new DataError(`fit: expected training clips of different scores, got ${scores.length} of ${scores[0]}.`);
  }
  config.scoreScale = Math.min(1e6, Number(deviation.toPrecision(3)));
}
