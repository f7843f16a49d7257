import type { Budget } from './budget.js';
import { countElements, forEachStrided, stridesOf, viewElements } from './fill.js';
import type { Builder } from './machine.js';
import { integer } from './numbers.js';
import { NumpyDtype } from './numpy-dtype.js';
import { encodeLatin1 } from './text.js';
import { elementArrays, type PickledArray, type PickleValue } from './values.js';

/** Arrays that `_reconstruct` made and whose state follows. */
const unbuilt = new WeakSet<object>();

/** numpy's functions that pickles name, under the module names of numpy 1 and 2. */
export const numpyGlobals: readonly (readonly [string, Builder])[] = [
  ['numpy.ndarray', refuseCall],
  ['numpy.dtype', (args, budget) => NumpyDtype.parse(args[0], budget)],
  ...['numpy.core', 'numpy._core'].flatMap(
    (module) =>
      [
        [`${module}.multiarray._reconstruct`, reconstruct],
        [`${module}.multiarray.scalar`, buildScalar],
        [`${module}.numeric._frombuffer`, fromBuffer],
      ] as const,
  ),
];

/** Gives an array or a dtype its state; false for any other target. */
export function setNumpyState(target: unknown, state: unknown, budget: Budget): boolean {
  if (target instanceof NumpyDtype) {
    target.setState(state, budget);
    return true;
  }
  if (typeof target !== 'object' || target === null || !unbuilt.has(target)) return false;
  if (!Array.isArray(state) || state.length !== 5) throw budget.error('a numpy array must have 5 parts, got others');
  const [, shape, dtype, fortran, content] = state;
  Object.assign(target, buildArray(content, dtype, shape, fortran === true || fortran === 1, budget));
  unbuilt.delete(target);
  return true;
}

function refuseCall(_: unknown[], budget: Budget): never {
  throw budget.error('numpy.ndarray must only be named, got a call of it');
}

/** The arguments (class, shape (0,), type code) are ignored: everything is in the state that follows. */
function reconstruct(): PickledArray {
  const array: PickledArray = { dtype: 'U8', shape: [0], data: new Uint8Array(0) };
  unbuilt.add(array);
  return array;
}

/** Protocol 5: `_frombuffer(bytes, dtype, shape, order)`. */
function fromBuffer([content, dtype, shape, order]: unknown[], budget: Budget): PickledArray {
  if (order !== 'C' && order !== 'F') throw budget.error("the order of a numpy array must be 'C' or 'F', got another");
  return buildArray(content, dtype, shape, order === 'F', budget);
}

/** A scalar becomes the plain value; numpy writes it as the bytes of one element. */
function buildScalar([dtype, content]: unknown[], budget: Budget): PickleValue {
  if (dtype instanceof NumpyDtype && dtype.kind === 'O')
    throw budget.error('a numpy scalar must be a number or text, got an object');
  const { dtype: type, data } = buildArray(content, dtype, [], false, budget);
  const value = data[0] as PickleValue;
  if (type === 'BOOL') return value !== 0;
  if (type === 'F16') throw budget.error('a numpy scalar must not be float16, got one');
  return typeof value === 'bigint' ? integer(value) : value;
}

/** An array from its bytes (or objects), as numpy describes it. */
export function buildArray(
  content: unknown,
  dtype: unknown,
  shape: unknown,
  fortran: boolean,
  budget: Budget,
): PickledArray {
  if (!(dtype instanceof NumpyDtype)) throw budget.error('a numpy array must have a dtype, got another value');
  const count = countElements(shape, 'a numpy array', budget);
  const sizes = [...(shape as number[])];
  if (dtype.kind === 'O')
    return { dtype: 'OBJECT', shape: sizes, data: objects(content, count, sizes, fortran, budget) };
  const bytes = contentBytes(content, budget);
  if (count * dtype.itemBytes !== bytes.length) {
    throw budget.error(
      `a numpy array of shape [${sizes.join(', ')}] must take ${count * dtype.itemBytes} bytes, got ${bytes.length}`,
    );
  }
  if (dtype.kind === 'U' || dtype.kind === 'S') {
    budget.takeItems(count);
    budget.takeBytes(bytes.length);
    const text = Array.from({ length: count }, (_, i) => dtype.textAt(bytes, i, budget));
    return { dtype: 'TEXT', shape: sizes, data: toRowMajor(text, sizes, fortran, (n) => new Array<string>(n)) };
  }
  const type = dtype.elementType;
  const ordered = dtype.toNativeOrder(bytes, budget);
  const data = viewElements(ordered, type, 0, count, budget);
  if (!fortran || sizes.length < 2) return { dtype: type, shape: sizes, data } as PickledArray;
  budget.takeBytes(bytes.length);
  const make = (n: number) => new elementArrays[type](new ArrayBuffer(bytes.length), 0, n);
  return { dtype: type, shape: sizes, data: toRowMajor(data, sizes, true, make) } as PickledArray;
}

function objects(content: unknown, count: number, shape: number[], fortran: boolean, budget: Budget): PickleValue[] {
  if (!Array.isArray(content) || content.length !== count) {
    throw budget.error(`a numpy array of ${count} objects must have as many, got another number`);
  }
  budget.takeItems(count);
  return toRowMajor(content as PickleValue[], shape, fortran, (n) => new Array<PickleValue>(n));
}

/** Python 2 writes the bytes as a string, protocol 0 too. */
function contentBytes(content: unknown, budget: Budget): Uint8Array {
  if (typeof content === 'string') return encodeLatin1(content, budget);
  if (!(content instanceof Uint8Array))
    throw budget.error('the content of a numpy array must be bytes, got another value');
  return content;
}

function toRowMajor<A extends { [index: number]: unknown; readonly length: number }>(
  data: A,
  shape: readonly number[],
  fortran: boolean,
  make: (length: number) => A,
): A {
  if (!fortran || shape.length < 2 || data.length === 0) return data;
  const result = make(data.length);
  forEachStrided(shape, stridesOf(shape, true), (to, from) => {
    result[to] = data[from];
  });
  return result;
}
