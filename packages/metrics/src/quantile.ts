/**
 * The value below which a share of sorted values lies, interpolated linearly between neighbours (numpy's default).
 *
 * @param sorted - Ascending, without NaN.
 * @param share - In [0, 1].
 * @returns NaN where there are no values.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  const [low, high] = [sorted[below]!, sorted[above]!];
  return low === high ? low : low + (high - low) * (position - below);
}
