import { list, number, oneOf, positive, record, whole } from '@mcore/schema';
import { regressorFields } from '../hp-mcore/config.js';
import { type CommonConfig, commonFields, type MethodConfig, width } from '../shared/common-config.js';

/** Configuration of TSA. */
export interface TsaConfig extends CommonConfig {
  readonly method: 'tsa';
  /** Points, or points / difficulty. */
  readonly target: 'score' | 'quality';
  /** Points, or quality, that one unit of the regressor stands for. */
  readonly scoreScale: number;
  /** Stages; one transition fewer. */
  readonly stages: number;
  /** Steps a stage is resampled to. */
  readonly stepsPerStage: number;
  /** Windows of a clip, evenly apart. */
  readonly windows: number;
  /** Length of a window as a fraction of the clip: 16 of 96 frames as released. */
  readonly windowLength: number;
  /** Channels that features are projected to before the segmenter; a multiple of 2 to the number of `channels`. */
  readonly projection: number;
  /** Channels of the segmenter's levels before the last, which has one for each of `frames`. */
  readonly channels: readonly number[];
  /** Frames that the segmenter tells apart. Clips of another length have their transitions scaled. */
  readonly frames: number;
  /**
   * `'batch'`: batch normalisation as released, over the clips of a batch, with running statistics that `loss` moves; `'group'`: every clip
   * alone over channels and length, which changes the method but lets single pairs be accumulated.
   */
  readonly normalization: 'batch' | 'group';
  /** Hidden widths of the layers that score frames as transitions. */
  readonly transitionHidden: readonly number[];
  readonly regressor: {
    readonly blocks: number;
    readonly heads: number;
    readonly mlpRatio: number;
    readonly hidden: readonly number[];
  };
  readonly segmentationWeight: number;
}

/** TSA's constants. */
export const tsaMethod: MethodConfig<TsaConfig> = {
  schema: record({
    ...commonFields('tsa', ['paper', 'released']),
    target: oneOf(['score', 'quality'], 'Points, or points / difficulty.'),
    scoreScale: positive(1e6, 'Points, or quality, that one unit of the regressor stands for.'),
    stages: whole(2, 1000, 'Stages; one transition fewer.'),
    stepsPerStage: whole(1, 1000, 'Steps a stage is resampled to.'),
    windows: whole(1, 10_000, 'Windows of a clip, evenly apart.'),
    windowLength: positive(1, 'Length of a window as a fraction of the clip.'),
    projection: whole(2, 1_000_000),
    channels: list(width, 1, 16, "Channels of the segmenter's levels before the last."),
    frames: whole(2, 16_384, 'Frames that the segmenter tells apart.'),
    normalization: oneOf(['batch', 'group'], 'Over the clips of a batch, or over every clip alone.'),
    transitionHidden: list(width, 0, 16, 'Hidden widths of the layers that score frames as transitions.'),
    regressor: regressorFields,
    segmentationWeight: number(0, 1e6),
  }),
  defaults: (inputSize) => ({
    method: 'tsa',
    form: 'released',
    inputSize,
    target: 'score',
    scoreScale: 1,
    stages: 3,
    stepsPerStage: 5,
    windows: 9,
    windowLength: 1 / 6,
    projection: 1024,
    channels: [12, 24, 48, 96],
    frames: 96,
    normalization: 'batch',
    transitionHidden: [128, 64],
    regressor: { blocks: 3, heads: 8, mlpRatio: 4, hidden: [256, 64] },
    segmentationWeight: 1,
  }),
  problem: (config) => {
    const halvings = 2 ** config.channels.length;
    if (config.projection % halvings !== 0) {
      return `projection must be a multiple of ${halvings} for ${config.channels.length} halvings, got ${config.projection}`;
    }
    const tokenSize = tokenSizeOf(config);
    if (tokenSize % config.regressor.heads !== 0) {
      return `regressor.heads must divide projection / ${halvings} = ${tokenSize}, got ${config.regressor.heads}`;
    }
    return config.frames >= config.stages - 1
      ? null
      : `frames must be at least ${config.stages - 1}, got ${config.frames}`;
  },
};

/** Channels of a token: what is left of the projection after the segmenter's halvings. */
export function tokenSizeOf({ projection, channels }: Pick<TsaConfig, 'projection' | 'channels'>): number {
  return projection / 2 ** channels.length;
}
