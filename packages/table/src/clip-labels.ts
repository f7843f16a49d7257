import type { TableRow } from './table-row.js';
import { tableError } from './table-row.js';

/** What a row says of a clip, whatever its file is: frames, features or poses. */
export interface ClipLabels {
  /** Where it is in the table, for messages: `line 7` of CSV, `entry 3` of JSON. */
  readonly place: string;
  /** Unique whatever the case; from the path unless given. */
  readonly id: string;
  /** In lower case; empty in a table without classes. */
  readonly diveNumber: string;
  /** 1 unless given. */
  readonly difficulty: number;
  /** First frames of stages 2, 3, ...; undefined where the table has none or has them in seconds. */
  readonly transitions?: readonly number[];
  /** Undefined in a table without a split. */
  readonly split?: 'train' | 'test';
  /** What keeps clips together when whole events are held out; empty unless given. */
  readonly event: string;
}

/** Columns of {@link ClipLabels} by what else they may be called; the first is the name for {@link TableRow.renamed}. */
export const clipColumns = {
  id: ['id'],
  class: ['class', 'dive', 'dive_number', 'action'],
  difficulty: ['difficulty'],
  transitions: ['transitions'],
  split: ['split'],
  event: ['event', 'competition'],
} as const;

/**
 * The labels of one row whose columns are named as in {@link clipColumns}.
 *
 * @param row - After {@link TableRow.renamed}.
 * @param path - Of the clip's file; its id is made from it if the row has none.
 * @throws {@link DataError} that names the row and what is wrong there.
 */
export function clipLabels(row: TableRow, path: string): ClipLabels {
  const { place } = row;
  const given = row.text('split');
  const split = SPLITS.get(given.toLowerCase());
  if (given !== '' && split === undefined) {
    throw row.error(`train or test as split in ${place} (clips for validation are taken from training)`, given);
  }
  const transitions = ascending(row, 'transitions', { whole: true });
  const fraction = transitions?.find((frame) => !Number.isSafeInteger(frame));
  if (fraction !== undefined) throw row.error(`whole numbers of frames as transitions in ${place}`, fraction);
  return {
    place,
    id: row.id('id', path),
    diveNumber: row.text('class').toLowerCase(),
    difficulty: row.number('difficulty') ?? 1,
    ...(transitions && { transitions }),
    ...(split && { split }),
    event: row.text('event'),
  };
}

/** Parts of a split by what they are called. */
const SPLITS: ReadonlyMap<string, 'train' | 'test'> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['test', 'test'],
  ['testing', 'test'],
]);

/** Ascending numbers of at least 0; undefined if the list is missing or empty. Options are those of {@link TableRow.numbers}. */
export function ascending(
  row: TableRow,
  column: string,
  options: { readonly whole?: boolean } = {},
): number[] | undefined {
  const list = row.numbers(column, options);
  const negative = list?.find((number) => number < 0);
  if (negative !== undefined) throw row.error(`${column} of at least 0 in ${row.place}`, negative);
  if (list?.some((number, index) => index > 0 && number < list[index - 1]!)) {
    throw row.error(`ascending ${column} in ${row.place}`, list.join(' '));
  }
  return list;
}

/**
 * Checks what must hold of all rows together: ids occur once, and every clip or none has a class, a split and transitions, the same
 * number of them.
 *
 * @param caller - Function or file that errors begin with.
 * @param entries - All clips.
 * @param transitionCount - Number of transitions of a clip.
 * @throws {@link DataError} that names the two rows that disagree.
 */
export function assertConsistent<E extends ClipLabels>(
  caller: string,
  entries: readonly E[],
  transitionCount: (entry: E) => number = ({ transitions }) => transitions?.length ?? 0,
): void {
  assertDistinct(caller, entries);
  assertAllOrNone(caller, entries, 'a class', ({ diveNumber }) => diveNumber !== '');
  assertAllOrNone(caller, entries, 'a split', ({ split }) => split !== undefined);
  assertAllOrNone(caller, entries, 'transitions', (entry) => transitionCount(entry) > 0);
  const first = entries[0]!;
  const other = entries.find((entry) => transitionCount(entry) !== transitionCount(first));
  if (other) {
    const expected = `${transitionCount(first)} transitions in ${other.place}, as ${first.place} has`;
    throw tableError(caller, expected, transitionCount(other));
  }
}

/**
 * Checks that every clip has something, or none.
 *
 * @throws {@link DataError} that names a row with it and one without.
 */
export function assertAllOrNone<E extends { readonly place: string }>(
  caller: string,
  entries: readonly E[],
  what: string,
  has: (entry: E) => boolean,
): void {
  const without = entries.find((entry) => !has(entry));
  const having = entries.find(has);
  if (without && having) {
    throw tableError(
      caller,
      `${what} for all clips or for none`,
      `one in ${having.place} and none in ${without.place}`,
    );
  }
}

function assertDistinct(caller: string, entries: readonly ClipLabels[]): void {
  const seen = new Map<string, ClipLabels>();
  for (const entry of entries) {
    // two names that differ in case are one file on some systems
    const key = entry.id.toLowerCase();
    const other = seen.get(key);
    if (other) {
      throw tableError(caller, 'every id once (whatever the case)', `${entry.id} in ${other.place} and ${entry.place}`);
    }
    seen.set(key, entry);
  }
}
