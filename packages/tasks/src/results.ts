import { DataError } from '@mcore/errors';
import type { Shard } from './shard.js';

/** First line of a results file: the settings of its results, and its tasks. */
export interface ResultHeader {
  format: 'mcore-results';
  version: 1;
  /** Of the list. */
  kind: string;
  /** Of the list; files of different settings are not merged. */
  settings: Readonly<Record<string, unknown>>;
  /** The whole list: how many tasks, and a hash of them all. */
  list: { count: number; hash: string };
  shard: Shard;
  /** Ids of this shard's tasks. */
  tasks: readonly string[];
  /** Where it was computed (engine, version): for people, not compared. */
  made: Readonly<Record<string, unknown>>;
}

/** A task that succeeded. */
export interface FinishedRecord<R = unknown> {
  id: string;
  /** Position in the whole list, from 0. */
  index: number;
  /** How long it took. */
  seconds: number;
  /** Input of its task, if it has one. */
  input?: string;
  /** What the runner returned, as JSON: NaN and infinities are null. */
  result: R;
}

/** A task that failed; a resumed run tries it again. */
export interface FailedRecord {
  id: string;
  index: number;
  seconds: number;
  error: { code: string; message: string };
}

/** One line of a file of results. */
export type TaskRecord<R = unknown> = FinishedRecord<R> | FailedRecord;

/** A file of results as read. */
export interface ResultFile<R = unknown> {
  /** Its name, for messages. */
  name: string;
  header: ResultHeader;
  /** In the order they were written; a task that failed and later succeeded is there twice. */
  records: TaskRecord<R>[];
  /** Length of all complete lines in bytes; an incomplete line may follow. */
  bytes: number;
}

/** One line, with its end. */
export function formatRecord(record: ResultHeader | TaskRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/**
 * Reads a file of results. An incomplete last line, left by a process that was killed while writing, is skipped.
 *
 * @param name - Names the file in errors.
 * @throws {@link DataError} if a complete line is not valid.
 */
export function parseResults<R = unknown>(text: string, name: string): ResultFile<R> {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const [first, ...rest] = whole
    .split('\n')
    .slice(0, -1)
    .map((line, position) => parseLine(line, `${name}:${position + 1}`));
  const header = first as ResultHeader | undefined;
  if (header?.format !== 'mcore-results' || header.version !== 1 || !Array.isArray(header.tasks)) {
    throw new DataError(
      `parseResults: expected results of tasks with a header of version 1 in ${name}, got something else.`,
    );
  }
  const own = new Set(header.tasks);
  rest.forEach((record, position) => {
    if (typeof record.id !== 'string' || typeof record.index !== 'number' || 'result' in record === 'error' in record) {
      throw new DataError(`parseResults: expected a result or an error with id and index in ${name}:${position + 2}.`);
    }
    if (!own.has(record.id)) {
      throw new DataError(
        `parseResults: expected only tasks of the header in ${name}:${position + 2}, got "${record.id}".`,
      );
    }
  });
  return { name, header, records: rest as unknown as TaskRecord<R>[], bytes: new TextEncoder().encode(whole).length };
}

function parseLine(line: string, place: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (value !== null && typeof value === 'object') return value as Record<string, unknown>;
  } catch {
    // reported below
  }
  throw new DataError(`parseResults: expected a JSON object in ${place}, got "${line.slice(0, 40)}".`);
}
