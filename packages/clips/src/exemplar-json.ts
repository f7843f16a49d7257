import { DataError } from '@mcore/errors';
import type { ExemplarChoice, ExemplarList } from './exemplars.js';
import type { Clip } from './types.js';

const FORMAT = 'mcore-exemplars';
const VERSION = 1;

/** Writes a choice as JSON text, one query per line; {@link parseExemplars} reads it back. */
export function formatExemplars(choice: ExemplarChoice): string {
  const lists = [...choice.lists].map(([id, list]) => `    ${JSON.stringify(id)}: ${JSON.stringify(list)}`);
  const head = JSON.stringify({ format: FORMAT, version: VERSION, count: choice.count, seed: choice.seed }, null, 2);
  return `${head.slice(0, -2)},\n  "lists": {\n${lists.join(',\n')}\n  }\n}\n`;
}

/**
 * Parses a choice of exemplars and checks it against the clips: every query and exemplar exists, exemplars are training clips, no exemplar
 * is its own query or occurs twice, and `'same'` lists have the query's dive number.
 *
 * @param text - What {@link formatExemplars} wrote.
 * @param clips - All clips of the source, training and test.
 * @throws {@link DataError} naming the first problem.
 */
export function parseExemplars(text: string, clips: readonly Clip[]): ExemplarChoice {
  const file = record(parseJson(text), 'the file');
  if (file.format !== FORMAT || file.version !== VERSION) {
    throw wrong(`format ${FORMAT} version ${VERSION}`, `${String(file.format)} version ${String(file.version)}`);
  }
  const { count, seed } = file;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1) {
    throw wrong('count to be a positive whole number', JSON.stringify(count));
  }
  if (typeof seed !== 'number' && typeof seed !== 'string')
    throw wrong('seed to be a number or a string', JSON.stringify(seed));
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const lists = Object.entries(record(file.lists, 'lists')).map(([id, value]): [string, ExemplarList] => [
    id,
    parseList(id, value, count, byId),
  ]);
  return { count, seed, lists: new Map(lists) };
}

function parseList(id: string, value: unknown, count: number, byId: ReadonlyMap<string, Clip>): ExemplarList {
  const query = byId.get(id);
  if (!query) throw wrong('every query to be a clip of this source', id);
  const { exemplars, match } = record(value, `the list of ${id}`);
  if (match !== 'same' && match !== 'nearest')
    throw wrong(`match 'same' or 'nearest' for ${id}`, JSON.stringify(match));
  if (!Array.isArray(exemplars) || exemplars.length < 1 || exemplars.length > count) {
    throw wrong(
      `1 to ${count} exemplars for ${id}`,
      Array.isArray(exemplars) ? `${exemplars.length}` : typeof exemplars,
    );
  }
  if (new Set(exemplars).size !== exemplars.length)
    throw wrong(`exemplars without repeats for ${id}`, exemplars.join(', '));
  for (const name of exemplars) {
    const clip = byId.get(name);
    if (clip?.split !== 'train' || clip.id === id) {
      throw wrong(`exemplars of ${id} to be other training clips of this source`, String(name));
    }
    if (match === 'same' && clip.diveNumber !== query.diveNumber) {
      throw wrong(`exemplars of ${id} to have its dive number ${query.diveNumber}`, `${name} with ${clip.diveNumber}`);
    }
  }
  return { exemplars, match };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError(`parseExemplars: expected JSON, got text that does not parse: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(`${what} to be an object`, Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value);
  }
  return value as Record<string, unknown>;
}

function wrong(expected: string, got: string): DataError {
  return new DataError(`parseExemplars: expected ${expected}, got ${got}.`);
}
