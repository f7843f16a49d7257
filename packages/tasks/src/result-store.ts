import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArgumentError } from '@mcore/errors';
import { fingerprint } from './fingerprint.js';
import { mergeResults } from './merge.js';
import { formatRecord, parseResults, type ResultFile, type ResultHeader, type TaskRecord } from './results.js';
import { type Shard, shardOf } from './shard.js';
import { checkTasks, type Task, type TaskList } from './task.js';

/** Where results are saved, and which ones. */
export interface ResultStoreOptions<P = Readonly<Record<string, unknown>>> {
  /** Folder with one file of results per shard; created if it is missing. */
  folder: string;
  list: TaskList<P>;
  /** The shard to run. Default: all tasks. */
  shard?: Shard;
  /** Written into the header for people: engine, version. Not compared. */
  made?: Readonly<Record<string, unknown>>;
}

/** Name of a shard's file: `results-0002-of-0004.jsonl`. */
export function resultFileName({ index, count }: Shard): string {
  const pad = (value: number) => String(value).padStart(4, '0');
  return `results-${pad(index)}-of-${pad(count)}.jsonl`;
}

/**
 * Results of one shard in a file of JSON lines. The file appears complete with its header. Each result is one line, on disk before
 * {@link ResultStore.add} returns. A killed process loses only its current task: an incomplete last line is dropped when the file
 * is opened again.
 */
export class ResultStore<P = Readonly<Record<string, unknown>>, R = unknown> {
  /** Of the file. */
  readonly path: string;
  /** All tasks of the shard, in the order of the list. */
  readonly tasks: readonly Task<P>[];
  readonly #file: FileHandle;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #finished: Set<string>;
  #last: Promise<unknown> = Promise.resolve();
  #broken: unknown;

  private constructor(
    path: string,
    tasks: readonly Task<P>[],
    list: TaskList<P>,
    file: FileHandle,
    before: ResultFile,
  ) {
    this.path = path;
    this.tasks = tasks;
    this.#file = file;
    this.#positions = new Map(list.tasks.map(({ id }, position) => [id, position]));
    const inputs = new Map(tasks.map(({ id, input }) => [id, input]));
    const latest = new Map(before.records.map((record) => [record.id, record]));
    this.#finished = new Set(
      [...latest.values()].flatMap((record) =>
        'result' in record && isOfInput(record, inputs.get(record.id)) ? [record.id] : [],
      ),
    );
  }

  /**
   * Opens the file of a shard, or creates it.
   *
   * @throws {@link DataError} if the file has results of another list or of other settings.
   */
  static async open<P = Readonly<Record<string, unknown>>, R = unknown>(
    options: ResultStoreOptions<P>,
  ): Promise<ResultStore<P, R>> {
    const { folder, list, shard = { index: 1, count: 1 }, made = {} } = options;
    const header = headerOf(list, shard, made);
    const path = join(folder, resultFileName(shard));
    await create(path, formatRecord(header));
    const before = parseResults(await readFile(path, 'utf8'), path);
    // refuses a file that was begun with other settings
    mergeResults([before, parseResults(formatRecord(header), 'this run')]);
    if ((await stat(path)).size > before.bytes) await truncate(path, before.bytes);
    const tasks = shardOf(list.tasks, shard.index, shard.count);
    return new ResultStore<P, R>(path, tasks, list, await open(path, 'a'), before);
  }

  /** Tasks of the shard without a result of their present input, including those that failed. */
  get pending(): Task<P>[] {
    return this.tasks.filter(({ id }) => !this.#finished.has(id));
  }

  /** How many tasks of the shard have a result. */
  get finished(): number {
    return this.#finished.size;
  }

  /** Position of a task in the whole list, from 0. */
  indexOf(id: string): number {
    const position = this.#positions.get(id);
    if (position === undefined) {
      throw new ArgumentError(`ResultStore.indexOf: expected a task of the list, got "${id}".`);
    }
    return position;
  }

  /**
   * Adds a line and waits until it is on disk. Calls may overlap; lines do not.
   *
   * @throws the file system's error, also at every later call: on a full disk part of a line may have been written, and nothing may
   *   follow it.
   */
  async add(record: TaskRecord<R>): Promise<void> {
    const line = formatRecord(record);
    const write = async () => {
      if (this.#broken !== undefined) throw this.#broken;
      try {
        await this.#file.appendFile(line);
        await this.#file.datasync();
      } catch (error) {
        this.#broken = error;
        throw error;
      }
      if ('result' in record) this.#finished.add(record.id);
    };
    const done = this.#last.then(write);
    this.#last = done.catch(() => {});
    await done;
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#last;
    await this.#file.close();
  }
}

/** Whether a result was made of what a task reads now; where one of them doesn't say, it counts as that. */
function isOfInput(record: { input?: string }, input: string | undefined): boolean {
  return record.input === undefined || input === undefined || record.input === input;
}

/** The first line of the results of a shard. */
export function headerOf<P>(list: TaskList<P>, shard: Shard, made: Readonly<Record<string, unknown>>): ResultHeader {
  checkTasks(list.tasks);
  return {
    format: 'mcore-results',
    version: 1,
    kind: list.kind,
    settings: list.settings,
    list: { count: list.tasks.length, hash: fingerprint(list.tasks.map(({ input: _, ...task }) => task)) },
    shard,
    tasks: shardOf(list.tasks, shard.index, shard.count).map(({ id }) => id),
    made,
  };
}

/** Creates a file with its first line atomically, unless it exists. */
async function create(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return;
      // a file system without hard links
      const there = await open(path, 'r').catch(() => undefined);
      if (there) await there.close();
      else await rename(temporary, path);
    });
  } finally {
    await rm(temporary, { force: true });
  }
}
