import type { Budget } from './budget.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function decodeUtf8(bytes: Uint8Array, budget: Budget): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw budget.error('text must be UTF-8, got other bytes', { cause });
  }
}

/** Every byte is the character of that number; the reverse is {@link encodeLatin1}. */
export function decodeLatin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(start, start + 8192)));
  }
  return pieces.join('');
}

/** The way Python 3 keeps `bytes` in protocols 0 to 2: as text whose characters are the bytes. */
export function encodeLatin1(text: string, budget: Budget): Uint8Array {
  budget.takeBytes(text.length);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) throw budget.error(`bytes written as text must have characters up to 255, got ${code}`);
    bytes[i] = code;
  }
  return bytes;
}

/** Protocol 0's text: Latin-1 with `\uXXXX` and `\UXXXXXXXX`; no other escape exists. */
export function decodeRawUnicodeEscape(bytes: Uint8Array, budget: Budget): string {
  return decodeLatin1(bytes).replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
    const code = Number.parseInt((short ?? long)!, 16);
    if (code > 0x10ffff) throw budget.error(`an escaped character must be at most 10ffff, got ${code.toString(16)}`);
    return String.fromCodePoint(code);
  });
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['a', '\x07'],
]);

/** Python 2's quoted `str` of protocol 0. */
export function decodeQuoted(bytes: Uint8Array, budget: Budget): string {
  const text = decodeLatin1(bytes);
  const quote = text[0];
  if (text.length < 2 || (quote !== "'" && quote !== '"') || text.at(-1) !== quote) {
    throw budget.error('a string of protocol 0 must stand in quotes, got none');
  }
  return text.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)/gs, (_, escaped: string) => {
    const simple = simpleEscapes.get(escaped);
    if (simple !== undefined) return simple;
    if (/^x../.test(escaped)) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (/^[0-7]/.test(escaped)) return String.fromCharCode(Number.parseInt(escaped, 8) & 255);
    throw budget.error(`an escape of a string must be one of Python's, got \\${escaped}`);
  });
}
