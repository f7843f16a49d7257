/** How one score is made of several targets. */
export type ScoreOf = 'sum' | 'product' | 'mean';

/** The functions that {@link ScoreOf} names; each takes the targets of one clip, at least one. */
export const scoreFunctions: Readonly<Record<ScoreOf, (targets: readonly number[]) => number>> = {
  sum: (targets) => targets.reduce((sum, value) => sum + value, 0),
  product: (targets) => targets.reduce((product, value) => product * value, 1),
  mean: (targets) => targets.reduce((sum, value) => sum + value, 0) / targets.length,
};
