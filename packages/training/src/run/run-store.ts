import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '@mcore/model';

/** A line of a training log: its kind, the step, and what was measured. */
export type LogRecord = Readonly<Record<string, unknown>>;

/** An open log. */
export interface RunLog {
  add(record: LogRecord): Promise<void>;
  close(): Promise<void>;
}

/** Where a run keeps its files: a folder in Node, memory in a page, or whatever else has these. */
export interface RunStore {
  /** What messages call it. */
  readonly name: string;
  /** A file's content; undefined if it is missing. */
  read(file: string): Promise<Uint8Array | undefined>;
  /** Writes a file whole or not at all. */
  write(file: string, content: Uint8Array): Promise<void>;
  remove(file: string): Promise<void>;
  /** Removes all that a run keeps. */
  clear(): Promise<void>;
  /** All lines of the log. */
  readLog(): Promise<LogRecord[]>;
  /** Opens the log after dropping the lines of later steps, which a resumed run does again. */
  openLog(lastStep: number): Promise<RunLog>;
}

/** Names of a run's files. */
export const runFiles = {
  /** Weights and optimizer state to resume from. */
  last: 'last.safetensors',
  /** Weights that were best on validation. */
  best: 'best.safetensors',
  /** Exemplar features of the best weights. */
  bank: 'bank.safetensors',
  /** What decides the run's numbers; it is only resumed under the same. */
  settings: 'run.json',
  /** Weights that are kept for good, by step. */
  kept: (step: number) => `series/step-${String(step).padStart(6, '0')}.safetensors`,
  /** What led to numbers that are not finite at a step. */
  notFinite: (step: number) => `not-finite-step-${step}.safetensors`,
} as const;

/** A {@link RunStore} in memory. */
export class MemoryRunStore implements RunStore {
  readonly name = 'memory';
  readonly #files = new Map<string, Uint8Array>();
  #log: LogRecord[] = [];

  async read(file: string): Promise<Uint8Array | undefined> {
    return this.#files.get(file);
  }

  async write(file: string, content: Uint8Array): Promise<void> {
    this.#files.set(file, content);
  }

  async remove(file: string): Promise<void> {
    this.#files.delete(file);
  }

  async clear(): Promise<void> {
    this.#files.clear();
    this.#log = [];
  }

  async readLog(): Promise<LogRecord[]> {
    return [...this.#log];
  }

  async openLog(lastStep: number): Promise<RunLog> {
    this.#log = this.#log.filter(({ step }) => (step as number) <= lastStep);
    return {
      add: async (record) => {
        this.#log.push(record);
      },
      close: async () => {},
    };
  }
}

/** A checkpoint of a run; undefined if it is missing. */
export async function loadCheckpoint(store: RunStore, file: string): Promise<Checkpoint | undefined> {
  const bytes = await store.read(file);
  return bytes && decodeCheckpoint(bytes, `${file} in ${store.name}`);
}

/** Keeps a checkpoint with the run. */
export async function saveCheckpoint(store: RunStore, file: string, checkpoint: Checkpoint): Promise<void> {
  await store.write(file, encodeCheckpoint(checkpoint));
}
