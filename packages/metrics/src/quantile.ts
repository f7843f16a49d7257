/**
 * A quantile of sorted values, with linear interpolation between neighbours (numpy's default).
 *
 * @param sorted - Ascending, without NaN.
 * @param fraction - In [0, 1].
 * @returns NaN if there are no values.
 */
export function quantile(sorted: ArrayLike<number>, fraction: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  const [low, high] = [sorted[below]!, sorted[above]!];
  return low === high ? low : low + (high - low) * (position - below);
}
