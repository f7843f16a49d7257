import { manifestLimits, readCsv, readJson, type TableRow, wrong } from './table.js';

export { manifestLimits };

/** One clip of a manifest as it is written; what only its file can tell is not known yet. */
export interface ManifestEntry {
  /** Where it is in the manifest, for messages: `line 7` of CSV, `entry 3` of JSON. */
  readonly place: string;
  /** Unique whatever the case; from the path unless given. */
  readonly id: string;
  /** Of the video file or the folder of images, relative, with `/` between its parts, none of them `..`. */
  readonly path: string;
  readonly score: number;
  /** In lower case; `'any'` in a manifest without classes. */
  readonly diveNumber: string;
  /** 1 unless given. */
  readonly difficulty: number;
  /** First frames of stages 2, 3, ...; undefined where the manifest has none or has them in seconds. */
  readonly transitions?: readonly number[];
  /** The same in seconds from the first frame. */
  readonly transitionSeconds?: readonly number[];
  /** Undefined in a manifest without a split. */
  readonly split?: 'train' | 'test';
  /** What keeps clips together when whole events are held out; empty unless given. */
  readonly event: string;
  /** Number of frames, where the manifest says it: the file isn't opened to count them then. */
  readonly frames?: number;
}

/** What {@link parseManifest} gives. */
export interface ParsedManifest {
  readonly entries: readonly ManifestEntry[];
  /** Columns or keys that mean nothing here, in the order in which they occur. */
  readonly unused: readonly string[];
}

/** Columns by what else they may be called. */
const names = {
  path: ['path', 'video', 'file'],
  score: ['score'],
  id: ['id'],
  class: ['class', 'dive', 'dive_number', 'action'],
  difficulty: ['difficulty'],
  transitions: ['transitions'],
  transitionSeconds: ['transition_seconds'],
  split: ['split'],
  event: ['event', 'competition'],
  frames: ['frames'],
} as const;
type Column = keyof typeof names;
type Fields = ReadonlyMap<Column, unknown>;

/**
 * Reads a manifest: a list of videos with their scores, as CSV with a line of column names or as JSON.
 *
 * | column | |
 * | --- | --- |
 * | `path` | video file or folder of images, relative to the manifest's folder; needed |
 * | `score` | in points; needed |
 * | `id` | unique name; the path without its ending, `/` as `__`, unless given |
 * | `class` | dive number or name of the action; exemplars are clips of the same class. For all clips or for none |
 * | `difficulty` | helps to find the nearest dive where a number has no exemplar |
 * | `transitions`, or `transition_seconds` | first frame of stage 2, 3, ..., or seconds; separated by spaces in CSV, a list in JSON. As many for all clips, or none |
 * | `split` | `train` or `test`, for all clips or for none |
 * | `event` | clips of one event stay together when events are held out |
 * | `frames` | number of frames, so that the file needn't be opened to count them |
 *
 * @param text - The whole file.
 * @param format - What it is.
 * @returns Clips in the order of the file.
 * @throws {@link DataError} that names the line (CSV) or the entry (JSON) and what is wrong there.
 */
export function parseManifest(text: string, format: 'csv' | 'json'): ParsedManifest {
  if (text.length > manifestLimits.bytes) {
    throw wrong(`a manifest of at most ${manifestLimits.bytes} bytes`, `${text.length}`);
  }
  const rows = format === 'csv' ? readCsv(text) : readJson(text);
  if (rows.length > manifestLimits.rows) throw wrong(`at most ${manifestLimits.rows} clips`, 'more');
  if (rows.length === 0) throw wrong('at least one clip', 'none');
  const unused = new Set<string>();
  const entries = rows.map((row) => entryOf(row, unused));
  assertDistinct(entries);
  assertAllOrNone(entries, 'a class', ({ diveNumber }) => diveNumber !== '');
  assertAllOrNone(entries, 'a split', ({ split }) => split !== undefined);
  assertAllOrNone(entries, 'transitions', (entry) => transitionCount(entry) > 0);
  const first = entries[0]!;
  const other = entries.find((entry) => transitionCount(entry) !== transitionCount(first));
  if (other) {
    throw wrong(
      `${transitionCount(first)} transitions in ${other.place}, as ${first.place} has`,
      transitionCount(other),
    );
  }
  const named = entries.map((entry) => (entry.diveNumber === '' ? { ...entry, diveNumber: 'any' } : entry));
  return { entries: named, unused: [...unused] };
}

function entryOf({ place, fields }: TableRow, unused: Set<string>): ManifestEntry {
  const known = knownFields(fields, place, unused);
  const path = relativePath(known.get('path'), place);
  const split = known.get('split');
  if (split !== undefined && split !== 'train' && split !== 'test') {
    throw wrong(`train or test as split in ${place} (clips for validation are taken from training)`, split);
  }
  const number = (column: Column) => (known.has(column) ? numberOf(known.get(column), column, place) : undefined);
  const score = number('score');
  if (score === undefined) throw wrong(`a number as score in ${place}`, undefined);
  const frames = number('frames');
  if (frames !== undefined && !(Number.isSafeInteger(frames) && frames >= 1)) {
    throw wrong(`a whole number of at least 1 as frames in ${place}`, frames);
  }
  const transitions = listOf(known.get('transitions'), 'transitions', place);
  const transitionSeconds = listOf(known.get('transitionSeconds'), 'transition_seconds', place);
  if (transitions && transitionSeconds) {
    throw wrong(`transitions or transition_seconds in ${place}`, 'both');
  }
  const fraction = transitions?.find((frame) => !Number.isSafeInteger(frame));
  if (fraction !== undefined) throw wrong(`whole numbers of frames as transitions in ${place}`, fraction);
  const difficulty = number('difficulty') ?? 1;
  return {
    place,
    id: idOf(known.get('id'), path, place),
    path,
    score,
    diveNumber: textOf(known.get('class'), 'class', place).toLowerCase(),
    difficulty,
    ...(transitions && { transitions }),
    ...(transitionSeconds && { transitionSeconds }),
    ...(split && { split }),
    event: textOf(known.get('event'), 'event', place),
    ...(frames !== undefined && { frames }),
  };
}

function knownFields(fields: ReadonlyMap<string, unknown>, place: string, unused: Set<string>): Fields {
  const known = new Map<Column, unknown>();
  for (const [name, value] of fields) {
    const column = (Object.keys(names) as Column[]).find((each) => (names[each] as readonly string[]).includes(name));
    if (column === undefined) unused.add(name);
    else if (known.has(column)) throw wrong(`one of ${names[column].join(', ')} in ${place}`, 'several');
    else known.set(column, value);
  }
  return known;
}

/** A path that stays below the folder it is joined to, on every system. */
function relativePath(value: unknown, place: string): string {
  const text = textOf(value, 'path', place);
  if (text === '') throw wrong(`a path in ${place}`, undefined);
  const path = text.replaceAll('\\', '/');
  // a colon would be a drive or a hidden stream on Windows
  const leadsOut = path.startsWith('/') || path.includes(':') || path.split('/').includes('..');
  if (leadsOut) throw wrong(`a path below the manifest's folder in ${place}`, text);
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function idOf(value: unknown, path: string, place: string): string {
  const given = textOf(value, 'id', place);
  const id = given === '' ? path.replace(/\.[a-z0-9]{2,5}$/i, '').replaceAll('/', '__') : given;
  // it becomes the name of a file
  if (id === '' || /[/\\:*?"<>|]/.test(id) || /^\.|[. ]$/.test(id) || id.length > 200) {
    throw wrong(
      `an id of at most 200 characters that can be the name of a file in ${place}${given === '' ? ' (give one as id)' : ''}`,
      id,
    );
  }
  return id;
}

function textOf(value: unknown, column: string, place: string): string {
  if (value === undefined) return '';
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') throw wrong(`text as ${column} in ${place}`, value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) throw wrong(`${column} without control characters in ${place}`, text);
  if (text.length > manifestLimits.textLength) {
    throw wrong(`at most ${manifestLimits.textLength} characters as ${column} in ${place}`, `${text.length}`);
  }
  return text.trim();
}

function numberOf(value: unknown, column: string, place: string): number {
  const number =
    typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim()) ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number) && Math.abs(number) <= 1e9) return number;
  throw wrong(`a number of at most 1e9 as ${column} in ${place}`, value);
}

function listOf(value: unknown, column: string, place: string): number[] | undefined {
  if (value === undefined) return undefined;
  const parts = Array.isArray(value)
    ? value
    : typeof value === 'number'
      ? [value]
      : typeof value === 'string'
        ? value.trim().split(/\s+/)
        : undefined;
  if (parts === undefined) throw wrong(`a list of numbers as ${column} in ${place}`, value);
  if (parts.length > manifestLimits.transitions) {
    throw wrong(`at most ${manifestLimits.transitions} ${column} in ${place}`, parts.length);
  }
  const list = parts.map((part) => numberOf(part, column, place));
  const negative = list.find((number) => number < 0);
  if (negative !== undefined) throw wrong(`${column} of at least 0 in ${place}`, negative);
  if (list.some((number, index) => index > 0 && number < list[index - 1]!)) {
    throw wrong(`ascending ${column} in ${place}`, list.join(' '));
  }
  return list.length === 0 ? undefined : list;
}

function transitionCount({ transitions, transitionSeconds }: ManifestEntry): number {
  return (transitions ?? transitionSeconds)?.length ?? 0;
}

function assertDistinct(entries: readonly ManifestEntry[]): void {
  const seen = new Map<string, ManifestEntry>();
  for (const entry of entries) {
    // two names that differ in case are one file on some systems
    const key = entry.id.toLowerCase();
    const other = seen.get(key);
    if (other) throw wrong(`every id once (whatever the case)`, `${entry.id} in ${other.place} and ${entry.place}`);
    seen.set(key, entry);
  }
}

function assertAllOrNone(
  entries: readonly ManifestEntry[],
  what: string,
  has: (entry: ManifestEntry) => boolean,
): void {
  const without = entries.find((entry) => !has(entry));
  const having = entries.find(has);
  if (without && having) {
    throw wrong(`${what} for all clips or for none`, `one in ${having.place} and none in ${without.place}`);
  }
}
