import { CsvError, parse } from 'csv-parse/sync';
import { tableLimits } from './limits.js';
import { TableRow, tableError } from './table-row.js';

/** How a table is written. */
export type TableFormat = 'csv' | 'json';

/**
 * Reads a table: CSV with a line of column names (separated by commas, semicolons or tabs, whichever the first line has most of, or
 * what a line `sep=;` before it says; quoted as RFC 4180 says), or JSON: a list of objects, or an object with such a list as `clips`.
 * Where semicolons or tabs separate values, numbers may have decimal commas.
 *
 * @param text - The whole file.
 * @param format - How it is written.
 * @param caller - Function or file that errors begin with.
 * @returns At least one row, in the order of the file; empty values and `null` are left out.
 * @throws {@link DataError} that names the line (CSV) or the entry (JSON) and what is wrong there.
 */
export function parseTable(text: string, format: TableFormat, caller: string): TableRow[] {
  if (text.length > tableLimits.bytes) {
    throw tableError(caller, `a manifest of at most ${tableLimits.bytes} bytes`, text.length);
  }
  const rows = format === 'csv' ? readCsv(text, caller) : readJson(text, caller);
  if (rows.length > tableLimits.rows) throw tableError(caller, `at most ${tableLimits.rows} clips`, 'more');
  if (rows.length === 0) throw tableError(caller, 'at least one clip', 'none');
  return rows;
}

function readCsv(text: string, caller: string): TableRow[] {
  const { body, delimiter } = separated(text);
  const decimalComma = delimiter !== ',';
  const [first, ...rest] = csvRecords(body, delimiter, caller);
  if (!first) throw tableError(caller, 'a line of column names', 'an empty file');
  const names = first.record.map((name) => name.trim().toLowerCase());
  if (names.length > tableLimits.columns) {
    throw tableError(caller, `at most ${tableLimits.columns} columns`, names.length);
  }
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) < index);
  if (twice !== undefined) throw tableError(caller, 'every column once', `${twice} twice`);
  const signs = new Map<string, string>();
  return rest.map(({ record, info }) => {
    const place = `line ${info.lines}`;
    if (record.length > names.length && record.slice(names.length).some((value) => value !== '')) {
      throw tableError(caller, `${names.length} values in ${place}, as many as columns`, record.length);
    }
    const fields = names.flatMap((name, index) => (record[index] ? [[name, record[index]] as const] : []));
    if (decimalComma) for (const [name, value] of fields) assertOneSign(signs, { name, value, place }, caller);
    return new TableRow(caller, place, new Map(fields), { decimalComma });
  });
}

/** What separates values: Excel's line `sep=;`, else whatever the first line has most of. */
function separated(text: string): { body: string; delimiter: string } {
  const told = /^\uFEFF?sep=([,;\t])\r?\n/i.exec(text);
  // an empty line in its place, so that lines are counted as an editor counts them
  if (told) return { body: `\n${text.slice(told[0].length)}`, delimiter: told[1]! };
  const [head = ''] = text.split('\n', 1);
  const count = (each: string) => head.split(each).length;
  return { body: text, delimiter: [',', ';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best)) };
}

/** Refuses a column with decimal commas and decimal points: 1,234 would then be two numbers. */
function assertOneSign(
  seen: Map<string, string>,
  { name, value, place }: { name: string; value: string; place: string },
  caller: string,
): void {
  const [, sign] = /^[+-]?\d+([.,])\d+$/.exec(value) ?? [];
  if (sign === undefined) return;
  const shown = `${value} in ${place}`;
  const other = seen.get(`${name} ${sign === ',' ? '.' : ','}`);
  if (other !== undefined) {
    throw tableError(caller, `decimal commas or decimal points in the column ${name}`, `both: ${other} and ${shown}`);
  }
  if (!seen.has(`${name} ${sign}`)) seen.set(`${name} ${sign}`, shown);
}

function csvRecords(text: string, delimiter: string, caller: string): { record: string[]; info: { lines: number } }[] {
  try {
    return parse(text, {
      delimiter,
      bom: true,
      info: true,
      trim: true,
      relax_column_count: true,
      skip_records_with_empty_values: true,
      // as a whole the file is bounded; one record of all of it would be a missing quote
      max_record_size: 100_000,
      to: tableLimits.rows + 2,
    }) as unknown as { record: string[]; info: { lines: number } }[];
  } catch (error) {
    const place = error instanceof CsvError && typeof error.lines === 'number' ? ` in line ${error.lines}` : '';
    throw tableError(caller, `CSV${place}`, `text that does not parse: ${(error as Error).message}`, { cause: error });
  }
}

function readJson(text: string, caller: string): TableRow[] {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw tableError(caller, 'JSON', `text that does not parse: ${(error as Error).message}`, { cause: error });
  }
  const list = isRecord(json) && Object.hasOwn(json, 'clips') ? json.clips : json;
  if (!Array.isArray(list)) {
    throw tableError(caller, 'a list of clips, or an object with such a list as "clips"', list);
  }
  return list.map((entry, index) => {
    const place = `entry ${index + 1}`;
    if (!isRecord(entry)) throw tableError(caller, `an object as ${place}`, entry);
    const pairs = Object.entries(entry).filter(([, value]) => value !== null && value !== '');
    if (pairs.length > tableLimits.columns) {
      throw tableError(caller, `at most ${tableLimits.columns} keys in ${place}`, pairs.length);
    }
    return new TableRow(caller, place, new Map(pairs));
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
