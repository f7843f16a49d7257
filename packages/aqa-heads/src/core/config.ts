import { list, number, oneOf, positive, record, whole } from '@mcore/schema';
import { FINEDIVING_QUALITY_BORDERS } from '../groups/group-borders.js';
import { type CommonConfig, commonFields, type MethodConfig, width } from '../shared/common-config.js';

/** Configuration of CoRe. */
export interface CoreConfig extends CommonConfig {
  readonly method: 'core';
  /** Points, or points / difficulty. */
  readonly target: 'score' | 'quality';
  /** Features of a node of the tree. */
  readonly hidden: number;
  /** Levels of the tree, the first included: 2^(depth - 1) leaves. */
  readonly depth: number;
  /** Largest difference; the exemplar's target is divided by it. */
  readonly range: number;
  /** Borders of the leaves' groups, ascending, one more than leaves: from the training split by `groupBorders`. */
  readonly borders: readonly number[];
}

/** Fields of heads that classify differences into groups. */
export const groupFields = {
  target: oneOf(['score', 'quality'], 'Points, or points / difficulty.'),
  depth: whole(2, 12, 'Levels of the tree; 2^(depth - 1) groups.'),
  range: positive(1e6, 'Largest difference.'),
  borders: list(number(-1e6, 1e6), 3, 4097, 'Borders of the groups, ascending, one more than groups.'),
};

/** What is wrong with borders, or null. */
export function borderProblem({ depth, borders }: { depth: number; borders: readonly number[] }): string | null {
  const leaves = 2 ** (depth - 1);
  if (borders.length !== leaves + 1) {
    return `borders must be ${leaves + 1} for ${leaves} groups, got ${borders.length}`;
  }
  const ascending = borders.every((border, index) => index === 0 || border >= borders[index - 1]!);
  if (!ascending || !(borders[0]! < borders.at(-1)!)) return `borders must be ascending, got [${borders.join(', ')}]`;
  return null;
}

/** CoRe's configuration for FineDiving: quality, pairs of one dive number. */
export const coreMethod: MethodConfig<CoreConfig> = {
  schema: record({ ...commonFields('core', ['paper', 'released']), hidden: width, ...groupFields }),
  defaults: (inputSize) => ({
    method: 'core',
    form: 'released',
    inputSize,
    target: 'quality',
    hidden: 256,
    depth: 5,
    range: 30,
    borders: [...FINEDIVING_QUALITY_BORDERS],
  }),
  problem: borderProblem,
};
