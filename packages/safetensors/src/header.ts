import { DataError } from '@mcore/errors';
import { type Dtype, dtypes } from './dtypes.js';

/** Where one tensor lies: `start` and `end` in bytes after the header. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** The header as checked: entries in the order of their bytes, together covering all of them exactly once. */
export interface Header {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Record<string, string>;
}

const METADATA = '__metadata__';
const FIELDS = ['dtype', 'shape', 'data_offsets'];

/**
 * Parses and checks the JSON header of a safetensors file.
 *
 * @param text - The header, from `{` to the last brace or its padding.
 * @param dataBytes - Number of bytes that follow the header.
 * @param limits - Largest number of tensors and of dimensions accepted.
 * @returns Entries sorted by offset, and the string metadata (an object without a prototype).
 * @throws {@link DataError} if the header breaks a rule of the format.
 */
export function parseHeader(text: string, dataBytes: number, limits: { maxTensors: number; maxRank: number }): Header {
  const json = parseJson(text);
  assertNoDuplicateKeys(text);
  const named = Object.entries(json).filter(([name]) => name !== METADATA);
  if (named.length > limits.maxTensors) {
    throw wrong(`expected at most ${limits.maxTensors} tensors, got ${named.length}`);
  }
  const entries = named.map(([name, value]) => readEntry(name, value, limits.maxRank));
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  assertContiguous(entries, dataBytes);
  return { entries, metadata: readMetadata(Object.hasOwn(json, METADATA) ? json[METADATA] : {}) };
}

function parseJson(text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrong('the header must be JSON, got text that does not parse', { cause });
  }
  if (!isObject(json)) throw wrong(`the header must be a JSON object, got ${show(json)}`);
  return json;
}

function readEntry(name: string, value: unknown, maxRank: number): HeaderEntry {
  if (!isObject(value)) throw wrong(`${quote(name)} must be an object, got ${show(value)}`);
  const unknown = Object.keys(value).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) throw wrong(`${quote(name)} must have only ${FIELDS.join(', ')}, got ${quote(unknown)}`);
  const dtype = typeof value.dtype === 'string' ? dtypes.get(value.dtype) : undefined;
  if (dtype === undefined) {
    throw wrong(`dtype of ${quote(name)} must be one of ${[...dtypes.keys()].join(', ')}, got ${show(value.dtype)}`);
  }
  const { shape, data_offsets: offsets } = value;
  if (!isSizes(shape)) throw wrong(`shape of ${quote(name)} must be a list of whole numbers, got ${show(shape)}`);
  if (shape.length > maxRank) {
    throw wrong(`shape of ${quote(name)} must have at most ${maxRank} dimensions, got ${shape.length}`);
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw wrong(`data_offsets of ${quote(name)} must be [start, end], got ${show(offsets)}`);
  }
  const [start, end] = offsets as [number, number];
  assertSizeFits(name, shape, dtype.array.BYTES_PER_ELEMENT, end - start);
  return { name, dtype: dtype.name, shape, start, end };
}

/** Every partial product is checked, as in the Rust reader: an overflow is refused even where a later size is 0. */
function assertSizeFits(name: string, shape: readonly number[], elementBytes: number, bytes: number): void {
  const expected = shape.reduce((product, size) => {
    if (!Number.isSafeInteger(product * size)) {
      throw wrong(`shape of ${quote(name)} must have a product below 2^53, got ${show(shape)}`);
    }
    return product * size;
  }, 1);
  if (expected * elementBytes !== bytes) {
    throw wrong(`${quote(name)} of shape ${show(shape)} must take ${expected * elementBytes} bytes, got ${bytes}`);
  }
}

function assertContiguous(entries: readonly HeaderEntry[], dataBytes: number): void {
  let position = 0;
  for (const { name, start, end } of entries) {
    if (start !== position) {
      const problem = start < position ? 'an overlap' : 'a hole';
      throw wrong(`${quote(name)} must start at byte ${position}, got ${problem}: it starts at ${start}`);
    }
    position = end;
  }
  if (position !== dataBytes) throw wrong(`the tensors must cover all ${dataBytes} bytes of data, got ${position}`);
}

function readMetadata(value: unknown): Record<string, string> {
  if (!isObject(value)) throw wrong(`${METADATA} must be an object, got ${show(value)}`);
  const metadata: Record<string, string> = Object.create(null);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string')
      throw wrong(`${METADATA} must hold only strings, got ${show(text)} for ${quote(key)}`);
    metadata[key] = text;
  }
  return metadata;
}

/**
 * `JSON.parse` silently keeps the last of two equal keys; the format forbids them.
 * The text has been parsed before, so only strings and brackets need to be told apart here.
 */
function assertNoDuplicateKeys(text: string): void {
  const open: (Set<string> | null)[] = []; // keys seen so far in each enclosing object; null for a list
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(text, i);
      if (isFollowedByColon(text, end)) addKey(open.at(-1)!, JSON.parse(text.slice(i, end)));
      i = end - 1;
    }
  }
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function isFollowedByColon(text: string, position: number): boolean {
  let i = position;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++;
  return text[i] === ':';
}

function addKey(keys: Set<string> | null, key: string): void {
  if (keys?.has(key)) throw wrong(`every key must occur once, got ${quote(key)} twice`);
  keys?.add(key);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** Shows a piece of a possibly hostile file, shortened. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function quote(name: string): string {
  return show(name);
}

function wrong(problem: string, options?: ErrorOptions): DataError {
  return new DataError(`readSafetensors: ${problem}.`, options);
}
