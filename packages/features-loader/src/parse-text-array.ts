import { DataError } from '@mcore/errors';
import { featureLimits } from './limits.js';

/** Numbers in row-major order with their sizes; not yet checked to be finite. */
export interface NumberArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Reads numbers written as text: a row a step, separated by commas, semicolons, tabs or spaces. A first line without any number is
 * taken for names of channels; lines that begin with `#` are comments.
 *
 * @param text - The whole file.
 * @returns `[steps, channels]`; NaN where the file says so.
 * @throws {@link DataError} naming the line that isn't numbers or has more or fewer than the others.
 */
export function parseNumberTable(text: string): NumberArray {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const separator = separatorOf(lines);
  const values: number[] = [];
  let [rows, channels] = [0, 0];
  for (const [index, line] of lines.entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const parts = separator === ' ' ? trimmed.split(/\s+/) : trimmed.split(separator);
    if (rows === 0 && channels === 0 && parts.every((part) => Number.isNaN(numberOf(part)) && !isNaNText(part))) {
      channels = parts.length;
      continue;
    }
    if (channels === 0) channels = parts.length;
    if (parts.length !== channels) {
      throw wrong(`expected ${channels} numbers in line ${index + 1}, as in the first, got ${parts.length}`);
    }
    if (values.length + channels > featureLimits.values) {
      throw wrong(`expected at most ${featureLimits.values} numbers, got more`);
    }
    for (const part of parts) {
      const value = numberOf(part);
      if (Number.isNaN(value) && !isNaNText(part)) {
        throw wrong(`expected a number in line ${index + 1}, got ${JSON.stringify(part.trim().slice(0, 40))}`);
      }
      values.push(value);
    }
    rows++;
  }
  return { shape: [rows, channels], data: Float32Array.from(values) };
}

/**
 * Reads numbers written as JSON: `[time][channels]` or `[time][joints][2 or 3]`, or an object with one such list.
 *
 * @param text - The whole file.
 * @returns Numbers with their shape; `null` is NaN.
 * @throws {@link DataError} if it isn't JSON, or lists within it have different lengths.
 */
export function parseJsonArray(text: string): NumberArray {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw wrong('expected JSON, got text that does not parse', { cause });
  }
  const list = listOf(json);
  const shape: number[] = [];
  for (let level: unknown = list; Array.isArray(level) && shape.length < 5; level = level[0]) shape.push(level.length);
  const size = shape.reduce((product, each) => product * each, 1);
  if (!(size <= featureLimits.values)) throw wrong(`expected at most ${featureLimits.values} numbers, got ${size}`);
  const data = new Float32Array(size);
  let at = 0;
  const fill = (level: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (level !== null && typeof level !== 'number') throw wrong(`expected numbers, got ${kindOf(level)}`);
      data[at++] = level ?? Number.NaN;
      return;
    }
    if (!Array.isArray(level) || level.length !== shape[depth]) {
      const got = Array.isArray(level) ? `one of ${level.length}` : kindOf(level);
      throw wrong(`expected lists of ${shape[depth]} in dimension ${depth + 1}, as the first, got ${got}`);
    }
    for (const each of level) fill(each, depth + 1);
  };
  fill(list, 0);
  return { shape, data };
}

function listOf(json: unknown): unknown[] {
  if (Array.isArray(json)) return json;
  const lists =
    typeof json === 'object' && json !== null ? Object.values(json).filter((value) => Array.isArray(value)) : [];
  if (lists.length === 1) return lists[0] as unknown[];
  throw wrong(`expected a list of steps, or an object with one such list, got ${kindOf(json)}`);
}

function separatorOf(lines: readonly string[]): string {
  const first = lines.find((line) => line.trim() !== '' && !line.trim().startsWith('#')) ?? '';
  return [',', ';', '\t'].find((each) => first.trim().includes(each)) ?? ' ';
}

/** NaN for what is no number: `Number` alone would take an empty text for 0 and `0x10` for 16. */
function numberOf(text: string): number {
  return /^\s*[+-]?(?:\d|\.\d|inf)/i.test(text) && !/^\s*[+-]?0[xob]/i.test(text)
    ? Number(text.replace(/inf(inity)?/i, 'Infinity'))
    : Number.NaN;
}

function isNaNText(text: string): boolean {
  return /^\s*[+-]?nan\s*$/i.test(text);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'null' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function wrong(problem: string, options?: ErrorOptions): DataError {
  return new DataError(`readFeatureFile: ${problem}.`, options);
}
