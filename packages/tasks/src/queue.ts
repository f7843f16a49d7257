import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { McoreError } from '@mcore/errors';
import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { fingerprint } from './fingerprint.js';
import { mergeResults } from './merge.js';
import { connectRedis, loadQueuePackages } from './redis.js';
import { headerOf } from './result-store.js';
import {
  type FailedRecord,
  formatRecord,
  parseResults,
  type ResultFile,
  type ResultHeader,
  type TaskRecord,
} from './results.js';
import { recordOf } from './run-tasks.js';
import type { Task, TaskList } from './task.js';

/** Which queue. */
export interface QueueOptions {
  /** URL of Redis, such as `redis://127.0.0.1:6379`. */
  url: string;
  /** Name of the queue; each list of tasks has its own. */
  name: string;
}

/** The progress of a queue. */
export interface QueueStatus {
  kind: string;
  settings: Readonly<Record<string, unknown>>;
  /** Tasks of the list. */
  count: number;
  /** Tasks with a result. */
  finished: number;
  /** Tasks that failed in every attempt. Adding the list again retries them. */
  failed: number;
  /** Tasks in progress, or abandoned a moment ago by a worker that died. */
  active: number;
  /** Tasks no worker has taken yet, or that wait to be tried again. */
  waiting: number;
  /** Workers connected now. */
  workers: number;
}

/** How to work on a queue. */
export interface WorkOptions<P = Readonly<Record<string, unknown>>, R = unknown> {
  /** Runs a task. An error is recorded, and any free worker retries the task. */
  run(task: Task<P>): Promise<R>;
  /** The settings of this worker's results. It refuses a list with other settings. */
  settings: Readonly<Record<string, unknown>>;
  /** Number of tasks at a time. Default 1. */
  concurrency?: number;
  /**
   * Seconds without a heartbeat after which a worker counts as dead and its task goes to another. Default 30. It must be longer than a
   * task ever blocks the thread.
   */
  aliveSeconds?: number;
  /** Keeps waiting for tasks when all are done. */
  stay?: boolean;
  /** When it is aborted, running tasks finish and no further task is taken. */
  signal?: AbortSignal;
  /** Called after every task, and after every attempt that failed. */
  onRecord?(record: TaskRecord<R>): void;
  /** Called when the connection fails; it is reconnected. */
  onTrouble?(error: Error): void;
}

const PREFIX = 'mcore';
/** Number of jobs added, or results read, at a time. */
const CHUNK = 500;
/** How many workers may die during a task before it counts as failed: the task itself may kill them. */
const DEATHS = 5;

/**
 * A list of tasks in Redis, worked on by any number of processes on any number of machines, through
 * [BullMQ](https://docs.bullmq.io). If a worker dies, its task goes to another. Results are in Redis too, one for each task: the first
 * one is kept, and a task that has one is not run again.
 */
export class TaskQueue<P = Readonly<Record<string, unknown>>, R = unknown> {
  readonly name: string;
  readonly #bullmq: typeof import('bullmq');
  readonly #redis: Redis;
  readonly #queue: Queue;

  private constructor(name: string, bullmq: typeof import('bullmq'), redis: Redis) {
    this.name = name;
    this.#bullmq = bullmq;
    this.#redis = redis;
    this.#queue = new bullmq.Queue(name, { connection: redis, prefix: PREFIX });
    this.#queue.on('error', () => {});
  }

  /**
   * Connects to Redis. A queue is created when a list is added.
   *
   * @throws {@link McoreError} with `ERR_MCORE_QUEUE` if BullMQ or ioredis is not installed, or Redis does not answer.
   */
  static async open<P = Readonly<Record<string, unknown>>, R = unknown>(
    options: QueueOptions,
  ): Promise<TaskQueue<P, R>> {
    if (!/^[\w.-]+$/.test(options.name)) {
      throw new McoreError(
        'ERR_MCORE_ARGUMENT',
        `TaskQueue: expected a name of letters, digits, points and hyphens, got "${options.name}".`,
      );
    }
    const { bullmq, ioredis } = await loadQueuePackages();
    return new TaskQueue<P, R>(options.name, bullmq, await connectRedis(options.url, ioredis));
  }

  /**
   * Adds a list. Adding it again skips the tasks that are there and retries those that failed.
   *
   * @param attempts - How often a task that throws is tried.
   * @returns How many tasks were added, and how many failed ones are retried.
   * @throws {@link DataError} if the queue has another list, or this one with other settings.
   */
  async add(list: TaskList<P>, attempts = 3): Promise<{ added: number; retried: number }> {
    const header = headerOf(list, { index: 1, count: 1 }, {});
    const text = formatRecord(header);
    await this.#redis.set(this.#key('header'), text, 'NX');
    mergeResults([await this.#header(), parseResults(text, 'this list')]);
    const finished = new Set(await this.#redis.hkeys(this.#key('results')));
    const failed = (await this.#queue.getFailed()) as Job[];
    for (const job of failed) await job.retry('failed');
    const before = await this.#jobs();
    const jobs = list.tasks
      .map((task, index) => ({
        name: task.kind,
        data: { task, index },
        opts: { ...jobOptions(attempts), jobId: jobId(task.id) },
      }))
      .filter(({ data }) => !finished.has(data.task.id));
    for (let start = 0; start < jobs.length; start += CHUNK)
      await this.#queue.addBulk(jobs.slice(start, start + CHUNK));
    // BullMQ skips jobs that are there already
    return { added: Math.max(0, jobs.length - before), retried: failed.length };
  }

  /** Its progress; undefined if no list was added. */
  async status(): Promise<QueueStatus | undefined> {
    const file = await this.#header().catch(() => undefined);
    if (file === undefined) return undefined;
    const { kind, settings, list } = file.header;
    const counts = await this.#queue.getJobCounts('wait', 'prioritized', 'delayed', 'active', 'failed');
    const { active = 0, failed = 0, ...others } = counts;
    return {
      kind,
      settings,
      count: list.count,
      finished: await this.#redis.hlen(this.#key('results')),
      failed,
      active,
      waiting: Object.values(others).reduce((sum, count) => sum + count, 0),
      workers: (await this.#queue.getWorkers()).length,
    };
  }

  /**
   * Takes tasks until each has a result or has failed for good (with `stay`: until aborted).
   *
   * @returns How many tasks this worker did, and how often one failed here.
   * @throws {@link DataError} if the queue has no list, or one with other settings.
   */
  async work(options: WorkOptions<P, R>): Promise<{ finished: number; failed: number }> {
    const { header } = await this.#header();
    const mine: ResultHeader = { ...header, settings: options.settings };
    mergeResults([
      parseResults(formatRecord(header), `queue ${this.name}`),
      parseResults(formatRecord(mine), 'this worker'),
    ]);
    const done = { finished: 0, failed: 0 };
    const alive = 1000 * (options.aliveSeconds ?? 30);
    const worker = new this.#bullmq.Worker(
      this.name,
      async (job) => {
        const record = await this.#do(job.data as { task: Task<P>; index: number }, options.run);
        if (record === undefined) return;
        if ('error' in record) done.failed++;
        else done.finished++;
        options.onRecord?.(record);
        if ('error' in record) throw new Error(record.error.message);
      },
      {
        connection: this.#redis,
        prefix: PREFIX,
        name: `${hostname()}-${process.pid}`,
        concurrency: options.concurrency ?? 1,
        lockDuration: alive,
        stalledInterval: alive,
        maxStalledCount: DEATHS,
        drainDelay: 1,
      },
    );
    worker.on('error', (error) => options.onTrouble?.(error));
    try {
      while (!options.signal?.aborted && (options.stay || (await this.#open()) > 0)) {
        await wait(200, undefined, { ...(options.signal ? { signal: options.signal } : {}) }).catch(() => {});
      }
    } finally {
      await worker.close();
    }
    return done;
  }

  /** All results so far, as a results file of the whole list. */
  async collect(): Promise<ResultFile<R>> {
    const { header } = await this.#header();
    const failures = new Map<string, FailedRecord>();
    for (const job of (await this.#queue.getFailed()) as Job[]) {
      const { task, index } = job.data as { task: Task<P>; index: number };
      const kept = await this.#redis.hget(this.#key('failures'), task.id);
      const error = { code: 'ERR_MCORE_QUEUE', message: job.failedReason };
      failures.set(task.id, kept ? (JSON.parse(kept) as FailedRecord) : { id: task.id, index, seconds: 0, error });
    }
    const records: TaskRecord<R>[] = [];
    for (let start = 0; start < header.tasks.length; start += CHUNK) {
      const ids = header.tasks.slice(start, start + CHUNK);
      const found = await this.#redis.hmget(this.#key('results'), ...ids);
      found.forEach((text, position) => {
        const failure = failures.get(ids[position]!);
        if (text !== null) records.push(JSON.parse(text) as TaskRecord<R>);
        else if (failure) records.push(failure);
      });
    }
    const bytes = [header, ...records].reduce((sum, record) => sum + Buffer.byteLength(formatRecord(record)), 0);
    return { name: `queue ${this.name}`, header, records, bytes };
  }

  /** Removes the queue with its tasks and results. */
  async clear(): Promise<void> {
    await this.#queue.obliterate({ force: true });
    await this.#redis.del(this.#key('header'), this.#key('results'), this.#key('failures'));
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#queue.close();
    await this.#redis.quit();
  }

  /** Runs a task unless it has a result: a worker may have died after saving the result but before telling BullMQ. */
  async #do(
    { task, index }: { task: Task<P>; index: number },
    run: (task: Task<P>) => Promise<R>,
  ): Promise<TaskRecord<R> | undefined> {
    if (await this.#redis.hexists(this.#key('results'), task.id)) return undefined;
    const record = await recordOf(task, index, run);
    if ('error' in record) {
      await this.#redis.hset(this.#key('failures'), task.id, JSON.stringify(record));
      return record;
    }
    // the first result is kept, even if this worker was declared dead meanwhile
    const first = await this.#redis.hsetnx(this.#key('results'), task.id, JSON.stringify(record));
    await this.#redis.hdel(this.#key('failures'), task.id);
    return first === 1 ? record : undefined;
  }

  /** Unfinished tasks. */
  async #open(): Promise<number> {
    const counts = await this.#queue.getJobCounts('wait', 'prioritized', 'delayed', 'active');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  async #jobs(): Promise<number> {
    return (await this.#open()) + (await this.#queue.getFailedCount());
  }

  async #header(): Promise<ResultFile<R>> {
    const text = await this.#redis.get(this.#key('header'));
    if (text === null) {
      throw new McoreError(
        'ERR_MCORE_QUEUE',
        `TaskQueue: expected a list of tasks in the queue "${this.name}", got none.`,
      );
    }
    return parseResults<R>(text, `queue ${this.name}`);
  }

  #key(of: 'header' | 'results' | 'failures'): string {
    return `${PREFIX}-${of}:${this.name}`;
  }
}

function jobOptions(attempts: number) {
  // results have their own key; failed jobs stay, so that they can be retried
  return { attempts, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: true, removeOnFail: false };
}

/** BullMQ takes no colons and no bare numbers. */
function jobId(id: string): string {
  return `task-${fingerprint(id)}`;
}
