/** A number with a fixed number of digits; `-` where it is undefined. */
export function fixed(value: number, digits: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits);
}

/** {@link fixed} with its sign in front, as differences are shown. */
export function signed(value: number, digits: number): string {
  return Number.isNaN(value) ? '-' : `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
}

/** A mean with its standard deviation, if there are several values. */
export function withDeviation({ mean, deviation }: { mean: number; deviation: number }, digits: number): string {
  return Number.isNaN(deviation) ? fixed(mean, digits) : `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}

/** `[low, high]`; `-` where the bounds are undefined. */
export function bounds([low, high]: readonly [number, number], digits: number): string {
  return Number.isNaN(low) ? '-' : `[${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}
