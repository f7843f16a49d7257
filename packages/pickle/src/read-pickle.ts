import { Budget, type PickleLimits } from './budget.js';
import { builtinGlobals } from './globals.js';
import { type Dialect, Machine } from './machine.js';
import { numpyGlobals, setNumpyState } from './numpy.js';
import { assertPlain } from './plain.js';
import { runPickle } from './run-pickle.js';
import type { PickleValue } from './values.js';

/** Plain data and numpy. */
export const plainDialect: Dialect = {
  globals: new Map([...builtinGlobals, ...numpyGlobals]),
  setState: (target, state, budget) => target instanceof Map || setNumpyState(target, state, budget),
};

/**
 * Reads a Python pickle of plain data and numpy arrays, protocols 0 to 5. Nothing in it is called or imported: a name is
 * looked up in a fixed list and stands for a builder of this package, or is refused.
 *
 * Attributes set on an OrderedDict are dropped (PyTorch's `_metadata` is one).
 *
 * @param bytes - The whole pickle. Arrays and `Uint8Array`s of the result may be views on it.
 * @param limits - Bounds against hostile files.
 * @returns The value; see {@link PickleValue} for what becomes of Python's types.
 * @throws {@link DataError} if the pickle is broken, holds anything else than plain data and numpy arrays (the message
 *   names the global) or passes a limit.
 */
export function readPickle(bytes: Uint8Array, limits: PickleLimits = {}): PickleValue {
  const budget = new Budget('readPickle', limits);
  const machine = new Machine(asPlainBytes(bytes), budget, plainDialect);
  const value = runPickle(machine);
  machine.assertEnd();
  assertPlain(value, budget);
  return value;
}

/** The same bytes as a plain Uint8Array: a Buffer's slice would be a view, not a copy. */
export function asPlainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
