import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { McoreError } from '@mcore/errors';
import type { BenchAnswer, BenchRequest, LoadArgument, Loaded, RunResult } from './protocol.js';

/** A program that takes part. */
export interface BenchProgram {
  name: string;
  program: string;
  arguments: readonly string[];
}

/** A running program: a process of its own, so that memory and threads are its own too. */
export class BenchProcess {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #requests = 0;
  #lastWords = '';

  constructor({ name, program, arguments: words }: BenchProgram) {
    this.name = name;
    this.#process = spawn(program, [...words], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-2000);
    });
    createInterface({ input: this.#process.stdout! }).on('line', (line) => this.#settle(line));
    this.#process.on('error', (error) => this.#fail(error.message));
    this.#process.on('close', (status, signal) => this.#fail(`it ended with ${signal ?? `status ${status}`}`));
    this.#process.stdin!.on('error', () => {}); // its end is reported by close
  }

  /** Makes work ready. */
  load(argument: LoadArgument): Promise<Loaded> {
    return this.#ask({ method: 'load', argument }) as Promise<Loaded>;
  }

  /** Does it. */
  run(repeats: number): Promise<RunResult> {
    return this.#ask({ method: 'run', argument: { repeats } }) as Promise<RunResult>;
  }

  /** Ends the process and waits until it has. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.kill('SIGKILL'); // there is nothing to save
    await closed;
  }

  #ask(request: Omit<BenchRequest, 'id'>): Promise<unknown> {
    if (this.#process.exitCode !== null) return Promise.reject(this.#error('it has ended'));
    const id = this.#requests++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.stdin!.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  #settle(line: string): void {
    let answer: BenchAnswer;
    try {
      answer = JSON.parse(line) as BenchAnswer;
    } catch {
      return; // what a library prints
    }
    const call = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) call?.reject(this.#error(answer.error));
    else call?.resolve(answer.result);
  }

  #fail(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(this.#error(reason));
    this.#waiting.clear();
  }

  #error(reason: string): McoreError {
    const words = this.#lastWords.trim();
    return new McoreError('ERR_MCORE_BENCH', `mcore bench: ${this.name}: ${reason}${words && `\n${words}`}`);
  }
}
