import { list, number, oneOf, positive, record, whole } from '@mcore/schema';
import { type CommonConfig, commonFields, type MethodConfig, width } from '../shared/common-config.js';

/** Configuration of USDL. */
export interface UsdlConfig extends CommonConfig {
  readonly method: 'usdl';
  /** Points, or points / difficulty. */
  readonly target: 'score' | 'quality';
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  /** Bins of the distribution. */
  readonly bins: number;
  /** Values of the first and of the last bin. */
  readonly range: readonly [number, number];
  /** Standard deviation of a label, in bins. */
  readonly sigma: number;
  /** The most likely bin, as the paper and the code have it, or the mean over bins, which has no ties. */
  readonly prediction: 'argmax' | 'expectation';
}

/** Configuration of MUSDL. */
export interface MusdlConfig extends CommonConfig {
  readonly method: 'musdl';
  /** `'judges'`: one head for each judge, in the order of the data; `'counting'`: one for each of the sorted marks that count. */
  readonly marks: 'judges' | 'counting';
  /** Heads: judges, or marks that count. */
  readonly heads: number;
  /** Of the judges' predicted marks, how many in the middle count. */
  readonly counting: number;
  readonly hidden: readonly number[];
  /** Bins of a mark. */
  readonly bins: number;
  /** The lowest and the highest mark. */
  readonly range: readonly [number, number];
  /** Standard deviation of a label, in bins. */
  readonly sigma: number;
  readonly prediction: 'argmax' | 'expectation';
}

const predictions = oneOf(['argmax', 'expectation'], 'The most likely bin, or the mean over bins.');
const distribution = {
  hidden: list(width, 0, 16, 'Widths of the hidden layers.'),
  bins: whole(2, 10_000, 'Bins of the distribution.'),
  range: list(number(-1e6, 1e6), 2, 2, 'Values of the first and of the last bin.'),
  sigma: positive(1e4, 'Standard deviation of a label, in bins.'),
  prediction: predictions,
};

/** USDL's configuration for FineDiving, whose training scores reach 114.8. */
export const usdlMethod: MethodConfig<UsdlConfig> = {
  schema: record({
    ...commonFields('usdl', ['paper', 'released']),
    target: oneOf(['score', 'quality'], 'Points, or points / difficulty.'),
    ...distribution,
  }),
  defaults: (inputSize) => ({
    method: 'usdl',
    form: 'paper',
    inputSize,
    target: 'score',
    hidden: [256, 128],
    bins: 101,
    range: [0, 114.8],
    sigma: 5,
    prediction: 'argmax',
  }),
  problem: ({ range }) => (range[0] < range[1] ? null : `range must be ascending, got [${range.join(', ')}]`),
};

/** MUSDL's configuration for FineDiving: three heads on the marks that count. */
export const musdlMethod: MethodConfig<MusdlConfig> = {
  schema: record({
    ...commonFields('musdl', ['paper', 'released']),
    marks: oneOf(['judges', 'counting'], 'A head for each judge, or for each of the sorted marks that count.'),
    heads: whole(1, 64, 'Judges, or marks that count.'),
    counting: whole(1, 64, "Of the judges' predicted marks, how many in the middle count."),
    ...distribution,
  }),
  defaults: (inputSize) => ({
    method: 'musdl',
    form: 'paper',
    inputSize,
    marks: 'counting',
    heads: 3,
    counting: 3,
    hidden: [256, 128],
    bins: 21,
    range: [0, 10],
    sigma: 5,
    prediction: 'argmax',
  }),
  problem: ({ range, heads, counting }) => {
    if (!(range[0] < range[1])) return `range must be ascending, got [${range.join(', ')}]`;
    const even = heads >= counting && (heads - counting) % 2 === 0;
    return even ? null : `counting must leave as many heads below as above, got ${counting} of ${heads}`;
  },
};
