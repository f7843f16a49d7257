/**
 * The least score that is possible: 0 if no training score is negative, as points of judges are not; else none.
 *
 * @param labelRange - Of the training scores.
 */
export function leastScore({ min }: { readonly min: number }): number {
  return min >= 0 ? 0 : Number.NEGATIVE_INFINITY;
}
