import { inflateSync } from 'node:zlib';
import { DataError } from '@mcore/errors';

/** A numeric matrix of a MAT-file. */
export interface MatMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Column after column, as MATLAB stores them. */
  readonly data: Float64Array;
}

/** Bounds against hostile files; the largest of these data sets has 1,106 rows of 3. */
const MAX_BYTES = 16 * 2 ** 20;

const MATRIX = 14;
const COMPRESSED = 15;

/** How numbers are stored, by type: bytes of each and how they are read. */
const numbers: Readonly<
  Record<number, readonly [size: number, read: (view: DataView, at: number, little: boolean) => number]>
> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, little) => view.getInt16(at, little)],
  4: [2, (view, at, little) => view.getUint16(at, little)],
  5: [4, (view, at, little) => view.getInt32(at, little)],
  6: [4, (view, at, little) => view.getUint32(at, little)],
  7: [4, (view, at, little) => view.getFloat32(at, little)],
  9: [8, (view, at, little) => view.getFloat64(at, little)],
  12: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  13: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
};

interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads the numeric matrices of a MAT-file of level 5 (MATLAB 5 to 7, SciPy's `savemat`), compressed or not.
 *
 * Source: MathWorks, "MAT-File Format", level 5.
 *
 * @param bytes - The whole file.
 * @param name - What messages call it.
 * @returns Matrices by name; variables of other kinds are left out.
 * @throws {@link DataError} if it is not such a file, damaged, or larger than 16 MiB.
 */
export function readMat(bytes: Uint8Array, name: string): Map<string, MatMatrix> {
  const wrong = (got: string) => new DataError(`readMat: expected a MAT-file of level 5 as ${name}, got ${got}.`);
  if (bytes.length > MAX_BYTES) throw wrong(`${bytes.length} bytes`);
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 128));
  if (text.startsWith('MATLAB 7.3')) throw wrong("one of MATLAB 7.3; save it with '-v7'");
  const order = text.slice(126);
  if (bytes.length < 128 || (order !== 'IM' && order !== 'MI')) throw wrong('something else');
  const little = order === 'IM';
  try {
    const matrices = new Map<string, MatMatrix>();
    for (const element of elements(bytes.subarray(128), little)) {
      const inner =
        element.type === COMPRESSED
          ? elements(inflateSync(element.bytes, { maxOutputLength: MAX_BYTES }), little)
          : [element];
      for (const { type, bytes: body } of inner) {
        const matrix = type === MATRIX ? readMatrix(body, little) : undefined;
        if (matrix) matrices.set(matrix.name, matrix);
      }
    }
    return matrices;
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw wrong(`one that is damaged (${(error as Error).message})`);
  }
}

function elements(bytes: Uint8Array, little: boolean): Element[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Element[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const first = view.getUint32(at, little);
    // small elements have their size in the upper half and their data in the same eight bytes
    const small = first >>> 16;
    const size = small || view.getUint32(at + 4, little);
    const start = at + (small ? 4 : 8);
    if (start + size > bytes.length) throw new RangeError('an element ends beyond the end of the file');
    const type = first & 0xffff;
    found.push({ type, bytes: bytes.subarray(start, start + size) });
    at = small ? at + 8 : start + (type === COMPRESSED ? size : Math.ceil(size / 8) * 8);
  }
  return found;
}

function readMatrix(bytes: Uint8Array, little: boolean): (MatMatrix & { readonly name: string }) | undefined {
  const [flags, sizes, label, values] = elements(bytes, little);
  if (!flags || !sizes || !label || !values) return undefined;
  const kind = toNumbers(flags, little)[0]! & 0xff;
  const [rows = 0, columns = 0, ...more] = toNumbers(sizes, little);
  // cells, structures, characters and sparse matrices have lower classes than doubles
  if (kind < 6 || kind > 15 || more.length > 0 || !(values.type in numbers)) return undefined;
  const data = toNumbers(values, little);
  if (rows * columns !== data.length) throw new RangeError(`${rows} x ${columns} with ${data.length} numbers`);
  return { name: new TextDecoder().decode(label.bytes), rows, columns, data };
}

function toNumbers({ type, bytes }: Element, little: boolean): Float64Array {
  const [size, read] = numbers[type] ?? [0, () => 0];
  if (size === 0) throw new RangeError(`numbers of the unknown type ${type}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => read(view, index * size, little));
}
