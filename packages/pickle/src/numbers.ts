import type { Budget } from './budget.js';
import { decodeLatin1 } from './text.js';

/** Maximum number of digits; Python's own limit for text. */
const MAX_DIGITS = 4300;

/** A number where it is exact, else the bigint. */
export function integer(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** `I` of protocol 0, which also writes booleans: `00` and `01`. */
export function parseInt0(line: Uint8Array, budget: Budget): number | bigint | boolean {
  const text = decodeLatin1(line);
  if (text === '00') return false;
  if (text === '01') return true;
  return parseDecimal(text, budget);
}

/** `L` of protocol 0: digits and the letter L. */
export function parseLong0(line: Uint8Array, budget: Budget): number | bigint {
  return parseDecimal(decodeLatin1(line).replace(/L$/, ''), budget);
}

/** Python's `repr` of a float. */
export function parseFloat0(line: Uint8Array, budget: Budget): number {
  const text = decodeLatin1(line);
  if (text === 'inf' || text === '-inf') return text === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  if (text === 'nan' || text === '-nan') return Number.NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || text.length > MAX_DIGITS) {
    throw budget.error(`a float must be decimal, got ${JSON.stringify(text.slice(0, 40))}`);
  }
  return Number(text);
}

/** Two's complement, lowest byte first. An empty array is 0. */
export function parseLong(bytes: Uint8Array, budget: Budget): number | bigint {
  if (bytes.length > 1024) throw budget.error(`an integer must have at most 1024 bytes, got ${bytes.length}`);
  if (bytes.length === 0) return 0;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).reverse();
  return integer(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex.join('')}`)));
}

function parseDecimal(text: string, budget: Budget): number | bigint {
  if (!/^[+-]?\d+$/.test(text) || text.length > MAX_DIGITS) {
    throw budget.error(`an integer must be decimal, got ${JSON.stringify(text.slice(0, 40))}`);
  }
  return integer(BigInt(text));
}
