import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Transferable, Worker } from 'node:worker_threads';
import { EngineError, McoreError } from '@mcore/errors';
import { type BirpcReturn, createBirpc } from 'birpc';
import type { WorkerFunctions } from './worker-functions.js';

/** A worker thread that prepares clips or holds a copy of a model; calls are answered one after another. */
export interface WorkerThread {
  /** Its functions, to be called from here. */
  readonly remote: BirpcReturn<WorkerFunctions>;
  /** Ends the thread; calls under way are rejected. */
  close(): Promise<void>;
}

/** Starts a worker thread. */
export function startThread(): WorkerThread {
  const worker = new Worker(workerScript());
  const remote = createBirpc<WorkerFunctions>({}, channelOptions(worker));
  worker.on('error', (error) => remote.$close(error as Error));
  worker.on('exit', (code) => remote.$close(new McoreError('ERR_MCORE_WORKER', `worker thread: ended with ${code}.`)));
  return {
    remote,
    close: async () => {
      remote.$close(new McoreError('ERR_MCORE_WORKER', 'worker thread: was closed.'));
      await worker.terminate();
    },
  };
}

/** One end of a channel between threads. */
interface Port {
  postMessage(data: unknown, transfer: readonly Transferable[]): void;
  on(event: 'message', listener: (data: unknown) => void): unknown;
}

/** How birpc sends and receives on a port: errors keep their code, and a gradient is handed over instead of being copied. */
export function channelOptions(port: Port) {
  return {
    post: (data: Message) => port.postMessage(data, gradientOf(data)),
    on: (listener: (data: unknown) => void) => {
      port.on('message', listener);
    },
    serialize: (data: Message): Message => (data.e instanceof Error ? { ...data, e: plainError(data.e) } : data),
    deserialize: (data: Message): Message => (data.e ? { ...data, e: errorOf(data.e as PlainError) } : data),
    // a step may take as long as it takes
    timeout: -1,
  };
}

/** As far as it is read here: an answer has a result `r` or an error `e`. */
interface Message {
  r?: unknown;
  e?: unknown;
}

/** An error as it is sent between threads, which drop the fields of classes. */
interface PlainError {
  code: string;
  message: string;
}

function plainError(error: Error): PlainError {
  return { code: error instanceof McoreError ? error.code : 'ERR_MCORE_WORKER', message: error.message };
}

function errorOf({ code, message }: PlainError): McoreError {
  return new McoreError(code, message);
}

function gradientOf({ r }: Message): ArrayBuffer[] {
  const { gradient } = (r ?? {}) as { gradient?: unknown };
  return gradient instanceof Float32Array ? [gradient.buffer as ArrayBuffer] : [];
}

/** The built worker: beside the built package, or in `dist/` where this is read from its source. */
function workerScript(): URL {
  const here = new URL('./worker.js', import.meta.url);
  const built = existsSync(fileURLToPath(here)) ? here : new URL('../../dist/worker.js', import.meta.url);
  if (existsSync(fileURLToPath(built))) return built;
  throw new EngineError(
    'startThread: expected the built worker dist/worker.js of @mcore/training, got none. Build the package, or use 0 workers.',
  );
}
