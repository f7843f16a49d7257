import { list, number, oneOf, positive, record, whole } from '@mcore/schema';
import { type CommonConfig, commonFields, type MethodConfig, width } from '../shared/common-config.js';
import { DIVE_STEP_GROUPS, DIVE_STEPS } from './dive-steps.js';

/** Configuration of RICA2. */
export interface Rica2Config extends CommonConfig {
  readonly method: 'rica2';
  /** `'stochastic'`: every step is a normal distribution; `'deterministic'`: a point (the dagger of the paper's tables). */
  readonly variant: 'deterministic' | 'stochastic';
  readonly width: number;
  /** Convolutions over time before the encoder. */
  readonly convolutions: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly heads: number;
  /** Hidden width of the decoder's MLPs, as a multiple of `width`. */
  readonly ffnRatio: number;
  /** Of attention weights and of the encoder's and decoder's layers. */
  readonly dropout: number;
  /** Between the first convolutions. */
  readonly convolutionDropout: number;
  /** Of whole residual branches, and of the output of cross-attention. */
  readonly pathDropout: number;
  /** Steps that there are. */
  readonly slots: number;
  /** Nodes of the rubric: slots of each. */
  readonly groups: readonly (readonly number[])[];
  /** Width of frozen text embeddings of the steps, which `load` sets; null for learned queries. */
  readonly textSize: number | null;
  /** Samples that a stochastic prediction averages; 0 for the mean alone. */
  readonly samples: number;
  readonly ranking: {
    readonly weight: number;
    /** Margin as a fraction of the clip: one of nine windows as released. */
    readonly margin: number;
  };
  readonly sparsityWeight: number;
  /** Weight of the information bottleneck: `weight`, times `factor` every `every` epochs after epoch `after`, at most `max`. */
  readonly bottleneck: {
    readonly weight: number;
    readonly factor: number;
    readonly after: number;
    readonly every: number;
    readonly max: number;
  };
}

const fraction = number(0, 0.99);

/** RICA2's constants for FineDiving, deterministic, with learned queries. */
export const rica2Method: MethodConfig<Rica2Config> = {
  schema: record({
    ...commonFields('rica2', ['paper', 'released']),
    variant: oneOf(['deterministic', 'stochastic'], 'Steps as points, or as normal distributions.'),
    width,
    convolutions: whole(1, 64, 'Convolutions over time before the encoder.'),
    encoderLayers: whole(0, 64),
    decoderLayers: whole(1, 64),
    heads: width,
    ffnRatio: positive(64, 'Hidden width of the decoder, as a multiple of width.'),
    dropout: fraction,
    convolutionDropout: fraction,
    pathDropout: fraction,
    slots: whole(1, 1000, 'Steps that there are.'),
    groups: list(list(whole(0, 999), 1, 1000, 'Slots of a node.'), 1, 100, 'Nodes of the rubric.'),
    textSize: { anyOf: [{ type: 'null' }, width], description: 'Width of frozen text embeddings; null: learned.' },
    samples: whole(0, 10_000, 'Samples that a stochastic prediction averages.'),
    ranking: record({ weight: number(0, 1e6), margin: number(0, 1, 'Fraction of the clip.') }),
    sparsityWeight: number(0, 1e6),
    bottleneck: record({
      weight: number(0, 1e6),
      factor: number(1, 1e6),
      after: whole(0),
      every: whole(1),
      max: number(0, 1e6),
    }),
  }),
  defaults: (inputSize) => ({
    method: 'rica2',
    form: 'paper',
    inputSize,
    variant: 'deterministic',
    width: 512,
    convolutions: 2,
    encoderLayers: 2,
    decoderLayers: 2,
    heads: 8,
    ffnRatio: 4,
    dropout: 0.1,
    convolutionDropout: 0.1,
    pathDropout: 0.1,
    slots: DIVE_STEPS.length,
    groups: DIVE_STEP_GROUPS.map((group) => [...group]),
    textSize: null,
    samples: 20,
    ranking: { weight: 0.05, margin: 1 / 9 },
    sparsityWeight: 0.05,
    bottleneck: { weight: 1e-5, factor: 3, after: 30, every: 10, max: 0.005 },
  }),
  problem: ({ width: size, heads, slots, groups }) => {
    if (size % 2 !== 0 || size % heads !== 0)
      return `width must be even and a multiple of heads = ${heads}, got ${size}`;
    const stray = groups.flat().find((slot) => slot >= slots);
    return stray === undefined ? null : `groups must be of slots 0 .. ${slots - 1}, got ${stray}`;
  },
};

/** Weight of the bottleneck in an epoch, counted from 0. */
export function bottleneckWeight(
  { weight, factor, after, every, max }: Rica2Config['bottleneck'],
  epoch: number,
): number {
  const times = Math.max(0, Math.floor((epoch - after) / every));
  return Math.min(weight * factor ** times, max);
}
