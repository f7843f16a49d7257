import { DataError } from '@mcore/errors';
import type { FailedRecord, FinishedRecord, ResultFile, ResultHeader } from './results.js';
import { formatShard } from './shard.js';
import { canonicalJson } from './task.js';

/** A task with a result in more than one place. */
export interface Double {
  id: string;
  /** Names of the files, one for each result. */
  files: string[];
}

/** The merged results of several files. */
export interface MergedResults<R = unknown> {
  kind: string;
  settings: Readonly<Record<string, unknown>>;
  /** Tasks of the whole list. */
  count: number;
  /** One for every task that was done, in the order of the list. */
  finished: FinishedRecord<R>[];
  /** The last failure of every task that was never done, in the order of the list. */
  failed: FailedRecord[];
  /** What is missing. */
  missing: {
    /** Ids of tasks whose file exists but has neither a result nor a failure of them. */
    tasks: string[];
    /** Shards without a file, such as `3/8`. */
    shards: string[];
    /** Of both kinds. */
    count: number;
  };
  /** Tasks with more than one result; all of them equal, and taken once. */
  double: Double[];
}

/**
 * Merges the results of shards.
 *
 * @param files - In any order; one shard may have several, and shards of different cuts of one list may stand side by side.
 * @throws {@link DataError} if there is no file, if they are not results of one list with equal settings, or if one task has
 *   different results.
 */
export function mergeResults<R = unknown>(files: readonly ResultFile<R>[]): MergedResults<R> {
  const [first] = files;
  if (first === undefined) throw new DataError('mergeResults: expected files of results, got none.');
  for (const file of files.slice(1)) checkBelongsTogether(first, file);
  const finished = new Map<string, { record: FinishedRecord<R>; files: string[] }>();
  const failed = new Map<string, FailedRecord>();
  for (const { name, records } of files) {
    for (const record of records) {
      if ('error' in record) {
        failed.set(record.id, record);
        continue;
      }
      const before = finished.get(record.id);
      if (before === undefined) {
        finished.set(record.id, { record, files: [name] });
        continue;
      }
      // done again in the same file, since what it reads had changed
      if (before.files.at(-1) === name && record.input !== before.record.input) {
        finished.set(record.id, { record, files: before.files });
        continue;
      }
      if (canonicalJson(before.record.result) !== canonicalJson(record.result)) {
        throw new DataError(
          `mergeResults: expected one result of "${record.id}", got different ones in ${before.files[0]} and ${name}.`,
        );
      }
      before.files.push(name);
    }
  }
  const known = new Set(files.flatMap(({ header }) => header.tasks));
  const failures = [...failed.values()].filter(({ id }) => !finished.has(id));
  const unfinished = [...known].filter((id) => !finished.has(id) && !failed.has(id));
  return {
    kind: first.header.kind,
    settings: first.header.settings,
    count: first.header.list.count,
    finished: [...finished.values()].map(({ record }) => record).sort((a, b) => a.index - b.index),
    failed: failures.sort((a, b) => a.index - b.index),
    missing: {
      tasks: unfinished,
      shards: missingShards(files, known.size),
      count: first.header.list.count - finished.size - failures.length,
    },
    double: [...finished]
      .filter(([, { files: names }]) => names.length > 1)
      .map(([id, { files: names }]) => ({ id, files: names })),
  };
}

/** Shards without a file, of the finest division there is. Empty if the files name every task. */
function missingShards(files: readonly ResultFile[], known: number): string[] {
  const shards = files.map(({ header }) => header.shard);
  if (known === files[0]!.header.list.count) return [];
  const count = Math.max(...shards.map((shard) => shard.count));
  const there = new Set(shards.map(formatShard));
  return Array.from({ length: count }, (_, index) => formatShard({ index: index + 1, count })).filter(
    (shard) => !there.has(shard),
  );
}

function checkBelongsTogether(first: ResultFile, other: ResultFile): void {
  const [a, b] = [comparable(first.header), comparable(other.header)];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const different = keys.filter((key) => canonicalJson(a[key]) !== canonicalJson(b[key]));
  if (different.length === 0) return;
  const list = different.map((key) => `${key} ${show(a[key])} and ${show(b[key])}`).join('; ');
  throw new DataError(
    `mergeResults: expected results of one job, got different ones in ${first.name} and ${other.name}: ${list}.`,
  );
}

function comparable({ kind, settings, list }: ResultHeader): Record<string, unknown> {
  const flat = Object.entries(settings).map(([key, value]) => [`settings.${key}`, value]);
  return { kind, ...Object.fromEntries(flat), 'list.count': list.count, 'list.hash': list.hash };
}

function show(value: unknown): string {
  const text = canonicalJson(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
