import { Budget, type PickleLimits } from './budget.js';
import { buildArray } from './numpy.js';
import { NumpyDtype } from './numpy-dtype.js';
import { asPlainBytes } from './read-pickle.js';
import type { NumericArray } from './values.js';

/** `\x93NUMPY` */
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Longest header in bytes; one of 64 dimensions takes about 1,500. */
const MAX_HEADER_BYTES = 65_536;

/** The three entries of a header, which is the text of a Python dict. */
const ENTRIES = {
  descr: /(['"])descr\1\s*:\s*(?:(['"])([^'"]*)\2|(\[))/,
  fortranOrder: /(['"])fortran_order\1\s*:\s*(True|False)/,
  shape: /(['"])shape\1\s*:\s*\(([\dL,\s]*)\)/,
};

/**
 * Reads a .npy file of numbers: versions 1 to 3, either byte order, C's or Fortran's order.
 *
 * Source: numpy's description of the format, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @param bytes - The whole file. The result may be a view on it.
 * @param limits - Bounds against hostile files.
 * @returns A row-major array.
 * @throws {@link DataError} if the file is broken, passes a limit, or holds anything but numbers: pickled objects are never read.
 */
export function readNpy(bytes: Uint8Array, limits: PickleLimits = {}): NumericArray {
  return readNpyWithin(asPlainBytes(bytes), new Budget('readNpy', limits));
}

/** As {@link readNpy}, within what is left of a budget. */
export function readNpyWithin(bytes: Uint8Array, budget: Budget): NumericArray {
  const { text, end } = headerOf(bytes, budget);
  const { dtype, fortran, shape } = parseHeader(text, budget);
  if (dtype.kind === 'O') {
    throw budget.error('expected an array of numbers, got pickled objects (save it with dtype=numpy.float32)');
  }
  if (dtype.kind === 'U' || dtype.kind === 'S') throw budget.error('expected an array of numbers, got text');
  return buildArray(bytes.subarray(end), dtype, shape, fortran, budget) as NumericArray;
}

function headerOf(bytes: Uint8Array, budget: Budget): { text: string; end: number } {
  if (bytes.length < 10 || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw budget.error('expected a .npy file, which begins with \\x93NUMPY, got other bytes');
  }
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw budget.error(`expected a .npy file of version 1 to 3, got version ${version}`);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) throw budget.error(`expected a header, got a file of ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const end = start + length;
  if (length > MAX_HEADER_BYTES || end > bytes.length) {
    const most = Math.min(MAX_HEADER_BYTES, bytes.length - start);
    throw budget.error(`expected a header of at most ${most} bytes, got one of ${length}`);
  }
  return { text: new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, end)), end };
}

function parseHeader(text: string, budget: Budget): { dtype: NumpyDtype; fortran: boolean; shape: number[] } {
  const [descr, order, sizes] = [ENTRIES.descr, ENTRIES.fortranOrder, ENTRIES.shape].map((entry) => entry.exec(text));
  const rest = Object.values(ENTRIES).reduce((left, entry) => left.replace(entry, ''), text);
  if (descr?.[4] !== undefined) throw budget.error('expected an array of single numbers, got a structured one');
  if (!descr || !order || !sizes || !/^\{[\s,]*\}\s*$/.test(rest)) {
    throw budget.error('expected a header with descr, fortran_order and shape, got another');
  }
  const shape = sizes[2]!.split(',').flatMap((size) => (size.trim() === '' ? [] : [size.trim()]));
  const wrong = shape.find((size) => !/^\d{1,16}L?$/.test(size));
  if (wrong !== undefined) throw budget.error(`expected whole numbers as shape, got ${wrong.slice(0, 40)}`);
  return {
    dtype: NumpyDtype.parse(descr[3], budget),
    fortran: order[2] === 'True',
    shape: shape.map((size) => Number.parseInt(size, 10)),
  };
}
