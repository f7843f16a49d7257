import { number, record, whole } from '@mcore/schema';
import { borderProblem, groupFields } from '../core/config.js';
import { FINEDIVING_QUALITY_BORDERS } from '../groups/group-borders.js';
import { type CommonConfig, commonFields, type MethodConfig, width } from '../shared/common-config.js';

/** Configuration of TPT. */
export interface TptConfig extends CommonConfig {
  readonly method: 'tpt';
  /** Points, or points / difficulty. */
  readonly target: 'score' | 'quality';
  /** Learned part queries. */
  readonly parts: number;
  /** Width of parts, keys and values. */
  readonly width: number;
  /** Hidden width of the decoder's MLPs. */
  readonly ffn: number;
  /** Heads of the self-attention among parts. */
  readonly heads: number;
  /** Decoder layers; the first has the self-attention. */
  readonly layers: number;
  /** Hidden width of the group classifier and of the regressor. */
  readonly scoreHidden: number;
  readonly dropout: number;
  /** 2^(depth - 1) groups, as of CoRe's tree. */
  readonly depth: number;
  readonly range: number;
  readonly borders: readonly number[];
  readonly ranking: {
    readonly weight: number;
    /** Margin as a fraction of the clip: 3.2 of 20 windows as released. */
    readonly margin: number;
  };
  readonly sparsityWeight: number;
}

/** TPT's constants, with CoRe's groups of FineDiving's quality. */
export const tptMethod: MethodConfig<TptConfig> = {
  schema: record({
    ...commonFields('tpt', ['released']),
    parts: whole(2, 1000, 'Learned part queries.'),
    width,
    ffn: width,
    heads: width,
    layers: whole(1, 64, 'Decoder layers.'),
    scoreHidden: width,
    dropout: number(0, 0.99),
    ...groupFields,
    ranking: record({ weight: number(0, 1e6), margin: number(0, 1, 'Fraction of the clip.') }),
    sparsityWeight: number(0, 1e6),
  }),
  defaults: (inputSize) => ({
    method: 'tpt',
    form: 'released',
    inputSize,
    target: 'quality',
    parts: 5,
    width: 512,
    ffn: 512,
    heads: 8,
    layers: 2,
    scoreHidden: 128,
    dropout: 0.1,
    depth: 5,
    range: 30,
    borders: [...FINEDIVING_QUALITY_BORDERS],
    ranking: { weight: 1, margin: 0.16 },
    sparsityWeight: 0.05,
  }),
  problem: (config) =>
    config.width % config.heads === 0
      ? borderProblem(config)
      : `heads must divide width = ${config.width}, got ${config.heads}`,
};
