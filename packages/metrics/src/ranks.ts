/**
 * Ranks from 1 upwards; equal values get the mean of their ranks.
 *
 * @param values - Numbers without NaN.
 * @returns One rank for each value, in the order of `values`.
 */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, index) => index);
  order.sort((a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : 0));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    // ranks start + 1 .. end, their mean
    for (let position = start; position < end; position++) ranks[order[position]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
