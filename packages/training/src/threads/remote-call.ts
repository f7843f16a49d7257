import { Worker } from 'node:worker_threads';
import { McoreError } from '@mcore/errors';

/** A request to a worker thread. */
export interface Call {
  id: number;
  method: string;
  argument: unknown;
}

/** The worker's answer. */
export type Answer = { id: number; result: unknown } | { id: number; error: { code: string; message: string } };

/** A worker thread that answers one call after another. */
export class RemoteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #calls = 0;
  #ended: Error | undefined;

  /** @param script - What the thread runs; it must answer every {@link Call}. */
  constructor(script: URL) {
    this.#worker = new Worker(script);
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#end(error as Error));
    this.#worker.on('exit', (code) => this.#end(new Error(`worker thread: ended with status ${code}.`)));
  }

  /** Asks the thread. */
  call<T>(method: string, argument: unknown): Promise<T> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#calls++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#worker.postMessage({ id, method, argument } satisfies Call);
    });
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#ended = new Error('worker thread: was closed.');
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    const call = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) call?.reject(new McoreError(answer.error.code, answer.error.message));
    else call?.resolve(answer.result);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
