import { ArgumentError, DataError, EngineError } from '@mcore/errors';
import { dtypes, type SafeTensor } from './dtypes.js';
import { type HeaderEntry, parseHeader } from './header.js';

/** The format's own bound on the header, in bytes; no option raises it. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Bounds against hostile files; every one may be raised by the caller, `maxHeaderBytes` up to {@link MAX_HEADER_BYTES}. */
export interface SafetensorsLimits {
  /** Maximum size of the header in bytes. Default 10,000,000; a thousand tensors need about 100,000. */
  maxHeaderBytes?: number;
  /** Maximum number of tensors. Default 100,000. */
  maxTensors?: number;
  /** Maximum number of dimensions of a tensor. Default 32. */
  maxRank?: number;
}

/** What a file holds. */
export interface Safetensors {
  /** Tensors by name, in the order of their bytes. */
  readonly tensors: Map<string, SafeTensor>;
  /** The string metadata; an object without a prototype, so that every key found in it is the file's. */
  readonly metadata: Record<string, string>;
}

/**
 * Reads a safetensors file that is in memory.
 *
 * Where a tensor's bytes are aligned for its type (files written by the official library and by {@link writeSafetensors}
 * always are), `data` is a view on `bytes`, not a copy: it changes with `bytes` and keeps them alive.
 *
 * Source: the format's description, https://github.com/huggingface/safetensors#format; what it leaves open follows
 * the reference implementation (duplicate keys, holes, overlaps and bytes left over are refused).
 *
 * @param file - The whole file.
 * @param limits - Bounds against hostile files.
 * @returns Tensors and metadata. Values are not checked: floats may be NaN, BOOL bytes other than 0 and 1.
 * @throws {@link DataError} if the file breaks a rule of the format or a limit.
 * @throws {@link ArgumentError} if a limit is not a whole number in its range.
 */
export function readSafetensors(file: Uint8Array, limits: SafetensorsLimits = {}): Safetensors {
  // a Buffer's slice would be a view, not a copy
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.length);
  const { maxHeaderBytes = 10_000_000, maxTensors = 100_000, maxRank = 32 } = limits;
  assertLimit('maxHeaderBytes', maxHeaderBytes, MAX_HEADER_BYTES);
  assertLimit('maxTensors', maxTensors, Number.MAX_SAFE_INTEGER);
  assertLimit('maxRank', maxRank, Number.MAX_SAFE_INTEGER);
  assertLittleEndian('readSafetensors');
  const headerBytes = readHeaderLength(bytes, maxHeaderBytes);
  const dataStart = 8 + headerBytes;
  const text = decodeHeader(bytes.subarray(8, dataStart));
  const { entries, metadata } = parseHeader(text, bytes.length - dataStart, { maxTensors, maxRank });
  const tensors = new Map(entries.map((entry) => [entry.name, viewTensor(bytes, dataStart, entry)]));
  return { tensors, metadata };
}

/** Typed arrays use the machine's byte order, the format little-endian; every engine known to run this package agrees. */
export function assertLittleEndian(caller: string): void {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
    throw new EngineError(`${caller}: expected a little-endian machine, got a big-endian one.`);
  }
}

function readHeaderLength(bytes: Uint8Array, maxHeaderBytes: number): number {
  if (bytes.length < 8) throw wrong(`a file must have at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > maxHeaderBytes) throw wrong(`the header must have at most ${maxHeaderBytes} bytes, got ${length}`);
  if (length > bytes.length - 8) {
    throw wrong(`the header must lie within the file's ${bytes.length} bytes, got a header of ${length} bytes`);
  }
  return Number(length);
}

function decodeHeader(bytes: Uint8Array): string {
  if (bytes[0] !== 0x7b)
    throw wrong(`the header must begin with '{', got ${bytes.length ? `byte ${bytes[0]}` : 'none'}`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw wrong('the header must be UTF-8, got other bytes', { cause });
  }
}

function viewTensor(bytes: Uint8Array, dataStart: number, { dtype, shape, start, end }: HeaderEntry): SafeTensor {
  const { array } = dtypes.get(dtype)!;
  const length = (end - start) / array.BYTES_PER_ELEMENT;
  const offset = bytes.byteOffset + dataStart + start;
  const aligned = offset % array.BYTES_PER_ELEMENT === 0;
  const data = aligned
    ? new array(bytes.buffer as ArrayBuffer, offset, length)
    : new array(bytes.slice(dataStart + start, dataStart + end).buffer, 0, length);
  return { dtype, shape, data } as SafeTensor;
}

function assertLimit(name: string, value: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) {
    throw new ArgumentError(`readSafetensors: ${name} must be a whole number from 0 to ${max}, got ${value}.`);
  }
}

function wrong(problem: string, options?: ErrorOptions): DataError {
  return new DataError(`readSafetensors: ${problem}.`, options);
}
