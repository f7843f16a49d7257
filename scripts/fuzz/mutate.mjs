/**
 * Seeded damage: every function takes a generator of random numbers and gives a new value, the same for the same numbers.
 *
 * @typedef {import('@mcore/random').Random} Random
 */

/** Numbers that readers trip over: sizes that overflow, signs, and almost nothing. */
const awkwardNumbers = [
  0,
  1,
  -1,
  0x7f,
  0x80,
  0xff,
  0x7fff,
  0xffff,
  0x7fffffff,
  0x80000000,
  0xffffffff,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 64,
  -0,
  1e-320,
  1e308,
];

/** Texts that readers trip over: names that are more than names, ways out of a folder, what is no text. */
const awkwardTexts = [
  '',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '__metadata__',
  '../../etc/passwd',
  '..\\..\\windows',
  '/etc/passwd',
  'C:\\secret',
  '\\\\server\\share',
  'a\u0000b',
  '\uD800',
  'NaN',
  'Infinity',
  '1e999',
  '0x10',
  '=cmd()',
  'x'.repeat(10_000),
  "cos\nsystem\n(S'true'\ntR.",
];

/** JSON that is hardly JSON. */
const awkwardValues = [
  null,
  true,
  [],
  {},
  [[]],
  [null],
  { length: 1e9 },
  JSON.parse('{"__proto__": {"polluted": true}}'),
  JSON.parse('{"constructor": {"prototype": {"polluted": true}}}'),
];

/**
 * @template T
 * @param {Random} random
 * @param {readonly T[]} values
 * @returns {T}
 */
export function pick(random, values) {
  return /** @type {T} */ (values[random.integer(values.length)]);
}

/**
 * Damages bytes in one to eight places: bits, whole bytes, numbers of 1 to 8 bytes in either order, pieces taken out, put in twice,
 * moved or taken from another file, and the end cut off.
 *
 * @param {Random} random
 * @param {Uint8Array} bytes
 * @param {Uint8Array} [other] - Something to take pieces from.
 * @param {number} [within] - Only the first so many bytes are damaged.
 * @returns {Uint8Array}
 */
export function mutateBytes(random, bytes, other = bytes, within = bytes.length) {
  let result = bytes.slice();
  const times = 1 + random.integer(random.chance(0.3) ? 8 : 2);
  for (let time = 0; time < times; time++) {
    const end = Math.min(result.length, within);
    if (end === 0) return other.slice(0, random.integer(other.length + 1));
    const at = random.integer(end);
    switch (random.integer(9)) {
      case 0:
        result[at] ^= 1 << random.integer(8);
        break;
      case 1:
        result[at] = random.integer(256);
        break;
      case 2:
      case 3:
        putNumber(random, result, at);
        break;
      case 4: // taken out
        result = spliced(result, at, Math.min(end - at, 1 + random.integer(64)), new Uint8Array(0));
        break;
      case 5: // again
        result = spliced(result, at, 0, piece(random, result, 1 + random.integer(64)));
        break;
      case 6: // from elsewhere
        result = spliced(
          result,
          at,
          Math.min(end - at, random.integer(64)),
          piece(random, other, 1 + random.integer(256)),
        );
        break;
      case 7:
        if (random.chance(0.3)) result = result.slice(0, at);
        else result[at] = 0xff;
        break;
      default: // ASCII digits, so that numbers in text change
        digits(random, result, at);
    }
  }
  return result;
}

/**
 * Damages a text: as bytes, or by a token that is put in place of a number, a word or a separator.
 *
 * @param {Random} random
 * @param {string} text
 * @param {string} [other]
 * @returns {string}
 */
export function mutateText(random, text, other = text) {
  if (random.chance(0.4)) {
    const encoder = new TextEncoder();
    return new TextDecoder().decode(mutateBytes(random, encoder.encode(text), encoder.encode(other)));
  }
  let result = text;
  for (let time = 1 + random.integer(4); time > 0; time--) {
    const tokens = [...result.matchAll(/-?\d+(?:\.\d+)?|[A-Za-z_]+|[^\sA-Za-z0-9]/g)];
    if (tokens.length === 0) return pick(random, awkwardTexts);
    const token = pick(random, tokens);
    const start = token.index;
    const end = start + token[0].length;
    const put = random.chance(0.5)
      ? String(pick(random, awkwardNumbers))
      : random.chance(0.7)
        ? pick(random, awkwardTexts)
        : pick(random, tokens)[0].repeat(1 + random.integer(50));
    result = result.slice(0, start) + put + result.slice(end);
  }
  return result;
}

/**
 * Damages a JSON value: somewhere in it a value is replaced, left out, put in again under another name, or wrapped deep.
 *
 * @param {Random} random
 * @param {unknown} value
 * @returns {unknown}
 */
export function mutateJson(random, value) {
  const copy = structuredClone(value);
  /** @type {{ parent: any, key: string | number }[]} */
  const places = [];
  const visit = (/** @type {any} */ node) => {
    if (typeof node !== 'object' || node === null || places.length > 50_000) return;
    for (const key of Array.isArray(node) ? node.keys() : Object.keys(node)) {
      places.push({ parent: node, key });
      visit(node[key]);
    }
  };
  visit(copy);
  for (let time = 1 + random.integer(3); time > 0; time--) {
    if (places.length === 0) return junk(random);
    const { parent, key } = pick(random, places);
    const kind = random.integer(6);
    if (kind === 0 && Array.isArray(parent)) parent.splice(Number(key), 1);
    else if (kind === 0) delete parent[key];
    else if (kind === 1 && Array.isArray(parent)) parent.push(parent[Number(key)]);
    else if (kind === 1) define(parent, pick(random, awkwardTexts), parent[key]);
    else if (kind === 2) define(parent, key, structuredClone(pick(random, places).parent));
    else define(parent, key, junk(random));
  }
  return copy;
}

/**
 * JSON text of a damaged value.
 *
 * @param {Random} random
 * @param {unknown} value
 * @returns {string}
 */
export function mutateJsonText(random, value) {
  const changed = mutateJson(random, value);
  let text = JSON.stringify(changed) ?? 'null';
  if (random.chance(0.02)) {
    const depth = 1 + random.integer(20_000);
    text = `${'['.repeat(depth)}${text}${']'.repeat(depth)}`;
  }
  // numbers that JSON.stringify would not write
  return random.chance(0.1)
    ? text.replace(/\d+/, pick(random, ['1e999', '-1e999', '9'.repeat(400), '00', '1E-400']))
    : text;
}

/** @param {Random} random */
function junk(random) {
  const kind = random.integer(3);
  return kind === 0
    ? pick(random, awkwardNumbers)
    : kind === 1
      ? pick(random, awkwardTexts)
      : pick(random, awkwardValues);
}

/** Sets an own property even where the name is `__proto__`, as JSON.parse does. */
function define(/** @type {any} */ target, /** @type {string | number} */ key, /** @type {unknown} */ value) {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function putNumber(/** @type {Random} */ random, /** @type {Uint8Array} */ bytes, /** @type {number} */ at) {
  const size = pick(random, [1, 2, 4, 8]);
  if (at + size > bytes.length) return;
  let value =
    BigInt(Math.trunc(pick(random, awkwardNumbers.filter(Number.isSafeInteger)))) + BigInt(random.integer(3) - 1);
  if (random.chance(0.2)) value = BigInt(bytes.length) + BigInt(random.integer(5) - 2);
  const little = random.chance(0.5);
  for (let index = 0; index < size; index++) {
    bytes[at + (little ? index : size - 1 - index)] = Number((value >> BigInt(8 * index)) & 0xffn);
  }
}

function digits(/** @type {Random} */ random, /** @type {Uint8Array} */ bytes, /** @type {number} */ at) {
  for (let index = at; index < Math.min(bytes.length, at + 200); index++) {
    const byte = /** @type {number} */ (bytes[index]);
    if (byte >= 0x30 && byte <= 0x39) {
      bytes[index] = 0x30 + random.integer(10);
      if (random.chance(0.5)) return;
    }
  }
}

function piece(/** @type {Random} */ random, /** @type {Uint8Array} */ bytes, /** @type {number} */ length) {
  const start = random.integer(bytes.length || 1);
  return bytes.slice(start, start + length);
}

function spliced(
  /** @type {Uint8Array} */ bytes,
  /** @type {number} */ at,
  /** @type {number} */ removed,
  /** @type {Uint8Array} */ put,
) {
  const result = new Uint8Array(bytes.length - removed + put.length);
  result.set(bytes.subarray(0, at));
  result.set(put, at);
  result.set(bytes.subarray(at + removed), at + put.length);
  return result;
}
