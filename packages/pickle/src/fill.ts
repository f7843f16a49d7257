import type { Budget } from './budget.js';
import { type ElementArrays, type ElementType, elementArrays } from './values.js';

/**
 * Number of elements of a shape read from a file.
 *
 * @throws DataError if it is not a list of whole numbers with a product below 2^53.
 */
export function countElements(shape: unknown, what: string, budget: Budget): number {
  if (!isWholeNumbers(shape)) throw budget.error(`the shape of ${what} must be whole numbers, got something else`);
  if (shape.length > 64) throw budget.error(`${what} must have at most 64 dimensions, got ${shape.length}`);
  const count = shape.reduce((product, size) => product * size, 1);
  // partial products too: a later 0 must not hide an overflow
  if (shape.some((_, i) => !Number.isSafeInteger(shape.slice(0, i + 1).reduce((product, size) => product * size, 1)))) {
    throw budget.error(`the shape of ${what} must have a product below 2^53, got [${shape.join(', ')}]`);
  }
  return count;
}

export function isWholeNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** Strides, in elements, of an array whose last index (or first, in Fortran order) varies fastest. */
export function stridesOf(shape: readonly number[], fortran: boolean): number[] {
  const strides: number[] = new Array(shape.length);
  let step = 1;
  for (let i = 0; i < shape.length; i++) {
    const axis = fortran ? i : shape.length - 1 - i;
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** Whether elements are contiguous in row-major order. The stride of an axis of size 1 does not matter. */
export function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  const expected = stridesOf(shape, false);
  return (
    shape.some((size) => size === 0) || shape.every((size, axis) => size === 1 || strides[axis] === expected[axis])
  );
}

/** Elements as a view on the bytes where they are aligned, else as a copy. */
export function viewElements<T extends ElementType>(
  bytes: Uint8Array,
  dtype: T,
  start: number,
  count: number,
  budget: Budget,
): ElementArrays[T] {
  const array = elementArrays[dtype];
  const offset = bytes.byteOffset + start;
  if (offset % array.BYTES_PER_ELEMENT === 0) return new array(bytes.buffer, offset, count) as ElementArrays[T];
  const length = count * array.BYTES_PER_ELEMENT;
  budget.takeBytes(length);
  return new array(bytes.slice(start, start + length).buffer, 0, count) as ElementArrays[T];
}

/**
 * Calls `visit(to, from)` for every element of a strided array, in row-major order.
 *
 * @param shape - Sizes, none of them 0.
 * @param strides - In elements, 0 or more.
 */
export function forEachStrided(
  shape: readonly number[],
  strides: readonly number[],
  visit: (to: number, from: number) => void,
): void {
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; ; to++) {
    visit(to, from);
    let axis = shape.length - 1;
    while (axis >= 0 && index[axis] === shape[axis]! - 1) {
      from -= index[axis]! * strides[axis]!;
      index[axis] = 0;
      axis--;
    }
    if (axis < 0) return;
    index[axis]!++;
    from += strides[axis]!;
  }
}
