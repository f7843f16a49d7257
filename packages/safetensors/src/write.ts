import { ArgumentError, formatShape, ShapeError } from '@mcore/errors';
import { dtypes, type SafeTensor } from './dtypes.js';
import { assertLittleEndian } from './read.js';

/**
 * Writes tensors and metadata as the bytes of a safetensors file.
 *
 * Tensors are laid out as the official library does it: largest alignment first, then by name, the header padded with
 * spaces to a multiple of 8, so that every tensor is aligned. Equal input gives equal bytes, whatever its order;
 * metadata keep the order given.
 *
 * @param tensors - By name; `data` of the array type its dtype has, with as many elements as `shape` says.
 * @param metadata - Strings by name, for readers to find under `__metadata__`.
 * @returns The whole file.
 * @throws {@link ShapeError} if `data` has another number of elements than `shape`.
 * @throws {@link ArgumentError} if a name, a dtype, an array type or a metadata value can't be written.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, SafeTensor> | Readonly<Record<string, SafeTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  assertLittleEndian('writeSafetensors');
  const named = [...(tensors instanceof Map ? tensors.entries() : Object.entries(tensors))] as [string, SafeTensor][];
  for (const [name, tensor] of named) assertWritable(name, tensor);
  named.sort(byLayout);
  const header = encodeHeader(named, metadata);
  const dataBytes = named.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
  const bytes = new Uint8Array(8 + header.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  let position = 8 + header.length;
  for (const [, { data }] of named) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

function encodeHeader(named: readonly [string, SafeTensor][], metadata: Readonly<Record<string, string>>): Uint8Array {
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) fields.push(`"__metadata__":${encodeMetadata(metadata)}`);
  let start = 0;
  for (const [name, { dtype, shape, data }] of named) {
    const end = start + data.byteLength;
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [start, end] })}`);
    start = end;
  }
  const bytes = new TextEncoder().encode(`{${fields.join(',')}}`);
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8).fill(0x20);
  padded.set(bytes);
  return padded;
}

function encodeMetadata(metadata: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(metadata).map(([key, value]) => {
    if (typeof value !== 'string') throw wrong(`metadata ${quote(key)} must be a string, got ${typeof value}`);
    assertUnicode(key);
    assertUnicode(value);
    return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  });
  return `{${pairs.join(',')}}`;
}

/** Largest alignment first, then by name in the order of code units; so the order never depends on a locale. */
function byLayout([nameA, a]: [string, SafeTensor], [nameB, b]: [string, SafeTensor]): number {
  return dtypes.get(b.dtype)!.rank - dtypes.get(a.dtype)!.rank || (nameA < nameB ? -1 : 1);
}

function assertWritable(name: string, { dtype, shape, data }: SafeTensor): void {
  assertUnicode(name);
  if (name === '__metadata__') throw wrong(`a tensor must not be named ${quote(name)}, got one`);
  const known = dtypes.get(dtype);
  if (known === undefined) {
    throw wrong(`dtype of ${quote(name)} must be one of ${[...dtypes.keys()].join(', ')}, got ${quote(dtype)}`);
  }
  if (Object.prototype.toString.call(data) !== `[object ${known.array.name}]`) {
    throw wrong(`data of ${quote(name)} must be a ${known.array.name} for ${dtype}, got ${kindOf(data)}`);
  }
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw wrong(`shape of ${quote(name)} must be whole numbers, got ${formatShape(shape)}`);
  }
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements !== data.length) {
    throw new ShapeError(
      `writeSafetensors: ${quote(name)} of shape ${formatShape(shape)} must have ${elements} elements, got ${data.length}.`,
    );
  }
}

/** A lone surrogate has no UTF-8 form: other readers refuse such a header. */
function assertUnicode(text: string): void {
  if (/\p{Surrogate}/u.test(text)) throw wrong(`names and metadata must be valid Unicode, got ${quote(text)}`);
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function quote(text: unknown): string {
  return JSON.stringify(text);
}

function wrong(problem: string): ArgumentError {
  return new ArgumentError(`writeSafetensors: ${problem}.`);
}
