/** A stretch of a long series. */
interface Stretch {
  /** Mean position. */
  x: number;
  mean: number;
  low: number;
  high: number;
}

/**
 * Makes a long series short enough to draw, without hiding how much it jumps: mean and range of stretches of equal length.
 *
 * @param points - In order.
 * @param count - Most stretches; shorter series keep every point.
 */
export function thin(points: readonly (readonly [x: number, y: number])[], count: number): Stretch[] {
  const size = Math.max(1, Math.ceil(points.length / count));
  const stretches: Stretch[] = [];
  for (let start = 0; start < points.length; start += size) {
    const part = points.slice(start, start + size);
    const values = part.map(([, y]) => y);
    stretches.push({
      x: part.reduce((sum, [x]) => sum + x, 0) / part.length,
      mean: values.reduce((sum, y) => sum + y, 0) / part.length,
      low: Math.min(...values),
      high: Math.max(...values),
    });
  }
  return stretches;
}
