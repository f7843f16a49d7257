import { DataError } from '@mcore/errors';
import { tableLimits } from './limits.js';

/** One row of a table, not yet trusted. Its methods return checked values, or throw an error that names the row. */
export class TableRow {
  /**
   * @param caller - Function or file that errors begin with.
   * @param place - `line 7` of CSV, `entry 3` of JSON.
   * @param fields - Values by the name of their column; empty ones are left out.
   * @param options - `decimalComma`: 1,5 is a number, since something else separates values.
   */
  constructor(
    readonly caller: string,
    readonly place: string,
    readonly fields: ReadonlyMap<string, unknown>,
    readonly options: { readonly decimalComma?: boolean } = {},
  ) {}

  /**
   * The same row with columns renamed.
   *
   * @param names - For every name: what the column may be called.
   * @param unused - Receives the columns that are called nothing of this kind.
   * @throws {@link DataError} if two columns mean the same.
   */
  renamed(names: Readonly<Record<string, readonly string[]>>, unused: Set<string>): TableRow {
    const known = new Map<string, unknown>();
    const entries = Object.entries(names);
    for (const [name, value] of this.fields) {
      const column = entries.find(([, others]) => others.includes(name.replace(/[\s-]+/g, '_')))?.[0];
      if (column === undefined) unused.add(name);
      else if (known.has(column)) throw this.error(`one of ${names[column]!.join(', ')} in ${this.place}`, 'several');
      else known.set(column, value);
    }
    return new TableRow(this.caller, this.place, known, this.options);
  }

  /** A finite number of at most 1e9, or undefined if missing. */
  number(column: string): number | undefined {
    return this.fields.has(column) ? this.#numberOf(this.fields.get(column), column) : undefined;
  }

  /**
   * Numbers, separated by spaces, by semicolons or, where that is unambiguous, by commas, in brackets or not, or as a list; undefined
   * if the list is missing or empty.
   *
   * @param options - `whole`: they are whole numbers, so that every comma separates two.
   */
  numbers(column: string, { whole = false }: { readonly whole?: boolean } = {}): number[] | undefined {
    const value = this.fields.get(column);
    if (value === undefined) return undefined;
    const parts = Array.isArray(value)
      ? value
      : typeof value === 'number'
        ? [value]
        : typeof value === 'string'
          ? this.#listed(value, column, whole)
          : undefined;
    if (parts === undefined) throw this.error(`a list of numbers as ${column} in ${this.place}`, value);
    if (parts.length > tableLimits.listLength) {
      throw this.error(`at most ${tableLimits.listLength} ${column} in ${this.place}`, parts.length);
    }
    return parts.length === 0 ? undefined : parts.map((part) => this.#numberOf(part, column));
  }

  /** Trimmed text without control characters; empty if missing. */
  text(column: string): string {
    return this.#textOf(this.fields.get(column), column);
  }

  /**
   * A path that stays below the folder it is joined to, on every system, with `/` between its parts.
   *
   * @param options - `anywhere`: it may be absolute or lead out of the folder; `advice`: what to do about a path that may not.
   */
  path(column: string, options: { readonly anywhere?: boolean; readonly advice?: string } = {}): string {
    return this.#pathOf(this.text(column), options);
  }

  /** Such paths, separated by semicolons or as a list; at least one. */
  paths(column: string): string[] {
    const value = this.fields.get(column);
    const list = Array.isArray(value) ? value : this.text(column).split(';');
    if (list.length === 0) throw this.error(`a path in ${this.place}`, 'an empty list');
    if (list.length > tableLimits.listLength) {
      throw this.error(`at most ${tableLimits.listLength} ${column} in ${this.place}`, list.length);
    }
    return list.map((each) => this.#pathOf(this.#textOf(each, column)));
  }

  /** What can be the name of a file, at most 200 characters; made from `path` where the column is empty. */
  id(column: string, path: string): string {
    const given = this.text(column);
    const id = given === '' ? idOfPath(path) : given;
    if (id === '' || /[/\\:*?"<>|]/.test(id) || /^\.|[. ]$/.test(id) || id.length > 200) {
      const advice = given === '' ? ' (give one as id)' : '';
      throw this.error(`an id of at most 200 characters that can be the name of a file in ${this.place}${advice}`, id);
    }
    return id;
  }

  /** An error about this row. */
  error(expected: string, got: unknown): DataError {
    return tableError(this.caller, expected, got);
  }

  #numberOf(value: unknown, column: string): number {
    const text = typeof value === 'string' ? value.trim() : '';
    const pointed = /^[+-]?\d+,\d+$/.test(text) ? text.replace(',', '.') : undefined;
    const given = pointed !== undefined && this.options.decimalComma ? pointed : text;
    const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(given) ? Number(given) : value;
    if (typeof number === 'number' && Number.isFinite(number) && Math.abs(number) <= 1e9) return number;
    const advice = pointed === undefined ? '' : ` (with a decimal point: ${pointed})`;
    throw this.error(`a number of at most 1e9 as ${column} in ${this.place}${advice}`, value);
  }

  /** The parts of a list that is written as text. */
  #listed(value: string, column: string, whole: boolean): string[] {
    const text = value
      .trim()
      .replace(/^[[({]\s*/, '')
      .replace(/\s*[\])}]$/, '');
    if (text === '') return [];
    if (/[\s;]/.test(text)) return text.split(/[\s;]+/).map((part) => part.replace(/,$/, ''));
    // 0,5 is one number or two; 0.5,1.25 can only be two
    if (!text.includes(',') || whole || (text.includes('.') && !this.options.decimalComma)) return text.split(',');
    throw this.error(`${column} separated by spaces in ${this.place}, since commas may be decimal commas`, value);
  }

  #textOf(value: unknown, column: string): string {
    if (value === undefined) return '';
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    if (typeof text !== 'string') throw this.error(`text as ${column} in ${this.place}`, value);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\u0000-\u001f\u007f]/.test(text)) {
      throw this.error(`${column} without control characters in ${this.place}`, text);
    }
    if (text.length > tableLimits.textLength) {
      throw this.error(`at most ${tableLimits.textLength} characters as ${column} in ${this.place}`, text.length);
    }
    return text.trim();
  }

  #pathOf(text: string, { anywhere = false, advice = '' }: { anywhere?: boolean; advice?: string } = {}): string {
    if (text === '') throw this.error(`a path in ${this.place}`, undefined);
    const path = text.replaceAll('\\', '/');
    const isAddress = /^[a-z][a-z0-9+.-]+:/i.test(path);
    if (anywhere && !isAddress) return path;
    // a colon would be a drive or a hidden stream on Windows
    if (path.startsWith('/') || path.includes(':') || path.split('/').includes('..')) {
      throw this.error(`a path below the manifest's folder in ${this.place}${isAddress ? '' : advice}`, text);
    }
    return path
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/');
  }
}

/** A path without its ending, drive and steps upwards, `/` as `__`. */
function idOfPath(path: string): string {
  return path
    .replace(/\.(safetensors|[a-z0-9]{2,5})$/i, '')
    .replace(/^[a-z]:/i, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('__');
}

/** `caller: expected ..., got ...`, with any value shown short. */
export function tableError(caller: string, expected: string, got: unknown, options?: ErrorOptions): DataError {
  const text = typeof got === 'string' ? JSON.stringify(got) : got === undefined ? 'nothing' : describe(got);
  const short = text.length > 120 ? `${text.slice(0, 120)}...` : text;
  return new DataError(`${caller}: expected ${expected}, got ${short}.`, options);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
