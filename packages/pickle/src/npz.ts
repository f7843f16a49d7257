import { Budget, type PickleLimits } from './budget.js';
import { readNpyWithin } from './npy.js';
import { asPlainBytes } from './read-pickle.js';
import type { NumericArray } from './values.js';
import { ZipReader } from './zip.js';

/** The arrays of a .npz file, each unpacked when it is asked for. */
export interface Npz {
  /** Names as in `numpy.load`: without `.npy`. */
  readonly names: readonly string[];
  /**
   * Unpacks one array.
   *
   * @throws DataError if no array has that name, it is broken, or it holds anything but numbers.
   */
  read(name: string): NumericArray;
}

/**
 * Opens a .npz file: what `numpy.savez` and `numpy.savez_compressed` write.
 *
 * @param bytes - The whole file. Arrays may be views on it.
 * @param limits - Bounds against hostile files; unpacked bytes count for all arrays together.
 * @throws {@link DataError} if it is not a zip archive, or its directory is inconsistent.
 */
export function readNpz(bytes: Uint8Array, limits: PickleLimits = {}): Npz {
  const budget = new Budget('readNpz', limits);
  const zip = new ZipReader(asPlainBytes(bytes), budget);
  const names = zip.names().flatMap((name) => (name.endsWith('.npy') ? [name.slice(0, -4)] : []));
  return {
    names,
    read: (name) => readNpyWithin(zip.read(`${name}.npy`), budget),
  };
}
