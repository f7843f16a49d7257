import { ArgumentError } from '@mcore/errors';

/** Something to load ahead of its use. */
export interface PrefetchJob<T> {
  /** What its result will occupy; only this is counted against `maxBytes`. */
  readonly bytes: number;
  /** Loads it; may look at the signal to stop early. */
  run(signal: AbortSignal): Promise<T>;
}

/** How far {@link prefetch} runs ahead. */
export interface PrefetchOptions {
  /** Jobs running or waiting for their turn, the one in use not counted, at least 1; 2 unless given. */
  readonly ahead?: number;
  /** Bytes held by all of those and the one in use; 512 MiB unless given. A single job above it runs alone. */
  readonly maxBytes?: number;
  /** Ends the iteration early with this signal's reason. */
  readonly signal?: AbortSignal;
}

interface Started<T> {
  readonly bytes: number;
  readonly result: Promise<T>;
}

/**
 * Runs jobs ahead of their use, such as decoding the next clips while one is trained on, within a bound of memory, and gives the
 * results in the order of the jobs.
 *
 * Jobs are taken from the iterable only when they can start, so it may be endless. The result last given counts as in use
 * until the next one is asked for. A job that fails throws when its turn comes, not before. Leaving the loop (`break`, an
 * exception, `return()`) aborts the signal every job got, waits for the running ones to settle and starts no more.
 *
 * @throws {@link ArgumentError} if an option is out of range, at the first step.
 */
export async function* prefetch<T>(
  jobs: Iterable<PrefetchJob<T>>,
  options: PrefetchOptions = {},
): AsyncGenerator<T, void, undefined> {
  const { ahead = 2, maxBytes = 512 * 2 ** 20, signal } = options;
  if (!Number.isSafeInteger(ahead) || ahead < 1) {
    throw new ArgumentError(`prefetch: ahead must be a whole number of at least 1, got ${ahead}.`);
  }
  if (!(maxBytes > 0)) throw new ArgumentError(`prefetch: maxBytes must be more than 0, got ${maxBytes}.`);
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  const iterator = jobs[Symbol.iterator]();
  const queue: Started<T>[] = [];
  let waiting: PrefetchJob<T> | undefined;
  let inUse = 0;

  const fill = () => {
    while (queue.length < ahead && !stop.signal.aborted) {
      waiting ??= nextOf(iterator);
      if (!waiting) return;
      const held = queue.reduce((sum, { bytes }) => sum + bytes, inUse);
      if (held > 0 && held + waiting.bytes > maxBytes) return;
      queue.push(start(waiting, stop.signal));
      waiting = undefined;
    }
  };

  try {
    for (;;) {
      fill();
      const first = queue[0];
      stop.signal.throwIfAborted();
      if (!first) return;
      const result = await unlessAborted(first.result, stop.signal);
      inUse = first.bytes;
      queue.shift();
      // the next jobs run while this result is in use
      fill();
      yield result;
      inUse = 0;
    }
  } finally {
    stop.abort();
    signal?.removeEventListener('abort', abort);
    await Promise.allSettled(queue.map(({ result }) => result));
    iterator.return?.();
  }
}

function nextOf<T>(iterator: Iterator<T>): T | undefined {
  const { done, value } = iterator.next();
  return done ? undefined : value;
}

function start<T>(job: PrefetchJob<T>, signal: AbortSignal): Started<T> {
  const result = (async () => job.run(signal))();
  // its turn may never come: a failure before then is not an unhandled one
  result.catch(() => {});
  return { bytes: job.bytes, result };
}

async function unlessAborted<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
