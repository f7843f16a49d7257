/**
 * The operations of the self-test in plain JavaScript and float64, written from their definitions, with no tensor
 * library: what the engines are compared with.
 */

/**
 * Reproducible numbers in (-1, 1) that float32 holds exactly.
 *
 * @param length - How many.
 * @param seed - Another seed gives other numbers.
 * @returns Multiples of 2^-15.
 */
export function numbers(length: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 1) >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) / 32768 - 1;
  });
}

/**
 * Product of two matrices.
 *
 * @param a - `[rows, inner]`, row by row.
 * @param b - `[inner, columns]`, row by row.
 * @returns `[rows, columns]`.
 */
export function multiply(a: ArrayLike<number>, b: ArrayLike<number>, inner: number, columns: number): Float64Array {
  const rows = a.length / inner;
  const product = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < inner; k++)
      for (let column = 0; column < columns; column++)
        product[row * columns + column]! += a[row * inner + k]! * b[k * columns + column]!;
  return product;
}

/**
 * Transposed matrix.
 *
 * @param a - `[rows, columns]`, row by row.
 * @returns `[columns, rows]`.
 */
export function transpose(a: ArrayLike<number>, columns: number): Float64Array {
  const rows = a.length / columns;
  return Float64Array.from({ length: a.length }, (_, i) => a[(i % rows) * columns + Math.floor(i / rows)]!);
}

/** Sizes of a grouped 3x3 convolution with padding 1 on both sides. */
interface GroupedConvolution {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly groups: number;
  readonly stride: number;
}

/** Calls `visit` with the flat index of every input, filter and output value whose product the convolution sums. */
function forEachProduct(size: GroupedConvolution, visit: (x: number, filter: number, y: number) => void): void {
  const { batch, height, width, channels, groups, stride } = size;
  const perGroup = channels / groups;
  const [outHeight, outWidth] = outputSize(size);
  for (let n = 0; n < batch; n++)
    for (let row = 0; row < outHeight; row++)
      for (let column = 0; column < outWidth; column++)
        for (let i = 0; i < 9; i++) {
          const y = row * stride + Math.floor(i / 3) - 1;
          const x = column * stride + (i % 3) - 1;
          if (y < 0 || y >= height || x < 0 || x >= width) continue;
          for (let out = 0; out < channels; out++)
            for (let k = 0; k < perGroup; k++)
              visit(
                ((n * height + y) * width + x) * channels + Math.floor(out / perGroup) * perGroup + k,
                (i * perGroup + k) * channels + out,
                ((n * outHeight + row) * outWidth + column) * channels + out,
              );
        }
}

/** Height and width of the result. */
export function outputSize({ height, width, stride }: GroupedConvolution): [number, number] {
  return [Math.floor((height - 1) / stride) + 1, Math.floor((width - 1) / stride) + 1];
}

/**
 * Grouped convolution.
 *
 * @param x - `[batch, height, width, channels]`.
 * @param filter - `[3, 3, channels / groups, channels]`.
 * @returns `[batch, outHeight, outWidth, channels]`.
 */
export function convolve(x: ArrayLike<number>, filter: ArrayLike<number>, size: GroupedConvolution): Float64Array {
  const [outHeight, outWidth] = outputSize(size);
  const y = new Float64Array(size.batch * outHeight * outWidth * size.channels);
  forEachProduct(size, (i, j, k) => {
    y[k]! += x[i]! * filter[j]!;
  });
  return y;
}

/**
 * Gradients of the sum of `weight * convolve(x, filter)`.
 *
 * @returns Shaped like `x` and like `filter`.
 */
export function convolveGradients(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  weight: ArrayLike<number>,
  size: GroupedConvolution,
): { x: Float64Array; filter: Float64Array } {
  const gradient = { x: new Float64Array(x.length), filter: new Float64Array(filter.length) };
  forEachProduct(size, (i, j, k) => {
    gradient.x[i]! += weight[k]! * filter[j]!;
    gradient.filter[j]! += weight[k]! * x[i]!;
  });
  return gradient;
}

/**
 * Logarithm of the softmax of every row.
 *
 * @param x - `[rows, columns]`.
 * @returns Shaped like `x`.
 */
export function logSoftmax(x: ArrayLike<number>, columns: number): Float64Array {
  const result = Float64Array.from(x);
  for (let start = 0; start < result.length; start += columns) {
    const row = result.subarray(start, start + columns);
    const logSum = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
    for (let i = 0; i < columns; i++) row[i]! -= logSum;
  }
  return result;
}
