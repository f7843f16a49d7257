import { DataError } from '@mcore/errors';
import { CsvError, parse } from 'csv-parse/sync';

/** One row of a manifest, not yet trusted: values by the name of their column, which is in lower case. */
export interface TableRow {
  /** Where it is, for messages: `line 7`, `entry 3`. */
  readonly place: string;
  readonly fields: ReadonlyMap<string, unknown>;
}

/** Bounds against files that would fill the memory. */
export const manifestLimits = {
  /** Of the file. */
  bytes: 64 * 2 ** 20,
  /** Clips in it. */
  rows: 1_000_000,
  /** Columns of a CSV file, or keys of a JSON entry. */
  columns: 200,
  /** Characters of a path, an id, the name of a class or an event. */
  textLength: 500,
  /** Transitions of a clip. */
  transitions: 1000,
} as const;

/** `expected ..., got ...` with any value shown short. */
export function wrong(expected: string, got: unknown, options?: ErrorOptions): DataError {
  const text = typeof got === 'string' ? JSON.stringify(got) : got === undefined ? 'nothing' : describe(got);
  return new DataError(
    `openManifest: expected ${expected}, got ${text.length > 120 ? `${text.slice(0, 120)}...` : text}.`,
    options,
  );
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/**
 * Reads CSV with a line of column names: separated by commas, semicolons or tabs (whichever the first line has most of), quoted as
 * RFC 4180 says.
 */
export function readCsv(text: string): TableRow[] {
  const [head = ''] = text.split('\n', 1);
  const delimiter = [',', ';', '\t'].reduce((best, each) =>
    head.split(each).length > head.split(best).length ? each : best,
  );
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      delimiter,
      bom: true,
      info: true,
      trim: true,
      relax_column_count: true,
      skip_records_with_empty_values: true,
      // as a whole the file is bounded; one record of all of it would be a missing quote
      max_record_size: 100_000,
      to: manifestLimits.rows + 2,
    }) as unknown as typeof records;
  } catch (error) {
    const place = error instanceof CsvError && typeof error.lines === 'number' ? ` in line ${error.lines}` : '';
    throw wrong(`CSV${place}`, `text that is none: ${(error as Error).message}`, { cause: error });
  }
  const [first, ...rest] = records;
  if (!first) throw wrong('a line of column names', 'an empty file');
  const names = first.record.map((name) => name.trim().toLowerCase());
  if (names.length > manifestLimits.columns) {
    throw wrong(`at most ${manifestLimits.columns} columns`, names.length);
  }
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) < index);
  if (twice !== undefined) throw wrong('every column once', `${twice} twice`);
  return rest.map(({ record, info }) => {
    const place = `line ${info.lines}`;
    if (record.length > names.length && record.slice(names.length).some((value) => value !== '')) {
      throw wrong(`${names.length} values in ${place}, as many as columns`, record.length);
    }
    return {
      place,
      fields: new Map(names.flatMap((name, index) => (record[index] ? [[name, record[index]] as const] : []))),
    };
  });
}

/** Reads JSON: a list of objects, or an object with such a list as `clips`. */
export function readJson(text: string): TableRow[] {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw wrong('JSON', `text that is none: ${(error as Error).message}`, { cause: error });
  }
  const list = isRecord(json) && Object.hasOwn(json, 'clips') ? json.clips : json;
  if (!Array.isArray(list)) throw wrong('a list of clips, or an object with such a list as "clips"', json);
  return list.map((entry, index) => {
    const place = `entry ${index + 1}`;
    if (!isRecord(entry)) throw wrong(`an object as ${place}`, entry);
    const pairs = Object.entries(entry).filter(([, value]) => value !== null && value !== '');
    if (pairs.length > manifestLimits.columns) {
      throw wrong(`at most ${manifestLimits.columns} keys in ${place}`, pairs.length);
    }
    return { place, fields: new Map(pairs) };
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
