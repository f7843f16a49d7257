import { list, number, oneOf, positive, record, whole } from '@mcore/schema';
import { type CommonConfig, commonFields, type MethodConfig, width } from '../shared/common-config.js';

/** Configuration of HP-MCoRe's RGB stream. */
export interface HpMcoreConfig extends CommonConfig {
  readonly method: 'hp-mcore';
  /** Points, or points / difficulty. */
  readonly target: 'score' | 'quality';
  /** Points, or quality, that one unit of the regressor stands for. */
  readonly scoreScale: number;
  /** Stages; one transition fewer. */
  readonly stages: number;
  /** Steps a stage is resampled to. */
  readonly stepsPerStage: number;
  /** How transitions are read off the segmenter. */
  readonly decoding: 'windowed' | 'ordered';
  readonly segmenter: { readonly hiddenSize: number; readonly dropout: number };
  /** Every stage's own two layers: hidden width, and the width that stages are compared at. */
  readonly reducer: { readonly hidden: number; readonly width: number };
  readonly regressor: {
    readonly blocks: number;
    readonly heads: number;
    readonly mlpRatio: number;
    readonly hidden: readonly number[];
  };
  readonly contrastive: { readonly temperature: number; readonly weight: number };
}

/** Fields of the cross-attention regressor. */
export const regressorFields = record({
  blocks: whole(1, 256, 'Cross-attention blocks.'),
  heads: width,
  mlpRatio: number(0, 64),
  hidden: list(width, 0, 64, 'Widths of the layers that score a token.'),
});

/** HP-MCoRe's constants; the reducer is 128 wider than the features, as released. */
export const hpMcoreMethod: MethodConfig<HpMcoreConfig> = {
  schema: record({
    ...commonFields('hp-mcore', ['released']),
    target: oneOf(['score', 'quality'], 'Points, or points / difficulty.'),
    scoreScale: positive(1e6, 'Points, or quality, that one unit of the regressor stands for.'),
    stages: whole(2, 1000, 'Stages; one transition fewer.'),
    stepsPerStage: whole(1, 1000, 'Steps a stage is resampled to.'),
    decoding: oneOf(['windowed', 'ordered'], 'How transitions are read off the segmenter.'),
    segmenter: record({ hiddenSize: width, dropout: number(0, 0.99) }),
    reducer: record({ hidden: whole(1, 1_000_000), width }),
    regressor: regressorFields,
    contrastive: record({ temperature: positive(1e6, 'Divides the cosines.'), weight: number(0, 1e6) }),
  }),
  defaults: (inputSize) => ({
    method: 'hp-mcore',
    form: 'released',
    inputSize,
    target: 'score',
    scoreScale: 1,
    stages: 3,
    stepsPerStage: 10,
    decoding: 'windowed',
    segmenter: { hiddenSize: Math.min(inputSize, 768), dropout: 0.5 },
    reducer: { hidden: inputSize + 128, width: 256 },
    regressor: { blocks: 4, heads: 2, mlpRatio: 4, hidden: [256, 64] },
    contrastive: { temperature: 0.1, weight: 10 },
  }),
  problem: ({ reducer, regressor }) =>
    reducer.width % regressor.heads === 0
      ? null
      : `regressor.heads must divide reducer.width = ${reducer.width}, got ${regressor.heads}`,
};
