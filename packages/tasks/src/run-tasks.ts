import { McoreError } from '@mcore/errors';
import { ResultStore, type ResultStoreOptions } from './result-store.js';
import type { TaskRecord } from './results.js';
import type { Task } from './task.js';

/** How to run a list, or a shard of it. */
export interface RunOptions<P = Readonly<Record<string, unknown>>, R = unknown> extends ResultStoreOptions<P> {
  /** Runs a task. An error is recorded as the task's failure, and the next task follows. */
  run(task: Task<P>): Promise<R>;
  /** Number of tasks at a time. Default 1. */
  concurrency?: number;
  /** Called once the results of earlier runs are read, and after every task. */
  onProgress?(done: number, total: number): void;
  /** Called with every line that was written. */
  onRecord?(record: TaskRecord<R>): void;
  /** When it is aborted no further task starts; running ones finish. */
  signal?: AbortSignal;
}

/** What a run did. */
export interface RunSummary {
  /** The file of results. */
  path: string;
  /** Tasks of the shard. */
  total: number;
  /** Done by earlier runs. */
  skipped: number;
  /** Done by this one. */
  finished: number;
  /** Failed in this one. */
  failed: number;
}

/** Runs the tasks of a shard that have no result yet, and saves each result at once. */
export async function runTasks<P = Readonly<Record<string, unknown>>, R = unknown>(
  options: RunOptions<P, R>,
): Promise<RunSummary> {
  const store = await ResultStore.open<P, R>(options);
  try {
    const pending = store.pending;
    const total = store.tasks.length;
    const summary = { path: store.path, total, skipped: total - pending.length, finished: 0, failed: 0 };
    options.onProgress?.(summary.skipped, total);
    let next = 0;
    const work = async () => {
      while (next < pending.length && !options.signal?.aborted) {
        const task = pending[next++]!;
        const record = await recordOf(task, store.indexOf(task.id), options.run);
        await store.add(record);
        if ('error' in record) summary.failed++;
        else summary.finished++;
        options.onRecord?.(record);
        options.onProgress?.(summary.skipped + summary.finished + summary.failed, total);
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: options.concurrency ?? 1 }, work));
    const broken = lanes.find((lane) => lane.status === 'rejected');
    if (broken) throw broken.reason;
    return summary;
  } finally {
    await store.close();
  }
}

/** Runs a task and returns its line: result or failure. */
export async function recordOf<P, R>(
  task: Task<P>,
  index: number,
  run: (task: Task<P>) => Promise<R>,
): Promise<TaskRecord<R>> {
  const start = performance.now();
  const seconds = () => Number(((performance.now() - start) / 1000).toFixed(3));
  try {
    const result = await run(task);
    // JSON has no undefined: a task without a result has null
    const input = task.input === undefined ? {} : { input: task.input };
    return { id: task.id, index, seconds: seconds(), ...input, result: result === undefined ? (null as R) : result };
  } catch (error) {
    const code = error instanceof McoreError ? error.code : 'ERR_MCORE_UNEXPECTED';
    return { id: task.id, index, seconds: seconds(), error: { code, message: (error as Error).message } };
  }
}
