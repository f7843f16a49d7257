import type { Budget } from './budget.js';
import type { Builder } from './machine.js';
import { encodeLatin1 } from './text.js';

/** Python's own types that plain data need, under the module names of Python 2 and 3. */
export const builtinGlobals: readonly (readonly [string, Builder])[] = [
  ...['builtins', '__builtin__'].flatMap(
    (module) =>
      [
        [`${module}.set`, buildSet],
        [`${module}.frozenset`, buildSet],
        [`${module}.bytes`, buildBytes],
        [`${module}.bytearray`, buildBytes],
      ] as const,
  ),
  ['_codecs.encode', encode],
  ['collections.OrderedDict', buildOrderedDict],
];

function buildSet([items = []]: unknown[], budget: Budget): Set<unknown> {
  if (!Array.isArray(items)) throw budget.error('a set must be made from a list, got another value');
  budget.takeItems(items.length);
  return new Set(items);
}

/** `bytes()`, `bytearray(bytes)`, `bytearray(text, 'latin-1')`. */
function buildBytes([source, encoding]: unknown[], budget: Budget): Uint8Array {
  if (source === undefined) return new Uint8Array(0);
  if (typeof source === 'string') return encode([source, encoding], budget);
  if (!(source instanceof Uint8Array)) throw budget.error('bytes must be made from text or bytes, got another value');
  budget.takeBytes(source.length);
  return source.slice();
}

function encode([text, encoding]: unknown[], budget: Budget): Uint8Array {
  if (typeof text !== 'string' || (encoding !== 'latin1' && encoding !== 'latin-1')) {
    throw budget.error('bytes written as text must be text in latin1, got something else');
  }
  return encodeLatin1(text, budget);
}

/** Empty, or from a list of pairs as Python 2 writes it. */
function buildOrderedDict([pairs = []]: unknown[], budget: Budget): Map<unknown, unknown> {
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw budget.error('an OrderedDict must be made from pairs, got something else');
  }
  budget.takeItems(pairs.length);
  return new Map(pairs as [unknown, unknown][]);
}
