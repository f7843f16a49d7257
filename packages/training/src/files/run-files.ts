import { appendFile, mkdir, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '@mcore/model';
import { type LogRecord, type RunLog, type RunStore, runFiles } from '../run/run-store.js';
import { writeFileAtomically } from './atomic-file.js';
import { EventFile } from './event-file.js';

/** A run's files in a folder. */
export class RunFiles implements RunStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get name(): string {
    return this.folder;
  }

  /** Path of the weights and optimizer state to resume from. */
  get last(): string {
    return join(this.folder, runFiles.last);
  }

  /** Path of the weights that were best on validation. */
  get best(): string {
    return join(this.folder, runFiles.best);
  }

  /** Path of the exemplar features of the best weights. */
  get bank(): string {
    return join(this.folder, runFiles.bank);
  }

  /** Path of the page about the run. */
  get report(): string {
    return join(this.folder, 'report.html');
  }

  async read(file: string): Promise<Uint8Array | undefined> {
    return readFile(join(this.folder, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  }

  async write(file: string, content: Uint8Array): Promise<void> {
    await writeFileAtomically(join(this.folder, file), content);
  }

  async remove(file: string): Promise<void> {
    await rm(join(this.folder, file), { force: true });
  }

  async clear(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    const own = names.filter((name) => OWN.test(name));
    await Promise.all(own.map((name) => rm(join(this.folder, name), { force: true, recursive: true })));
  }

  async readLog(): Promise<LogRecord[]> {
    return this.#lines(LOG);
  }

  async #lines(file: string): Promise<LogRecord[]> {
    const text = new TextDecoder().decode((await this.read(file)) ?? new Uint8Array());
    // a last line that was cut off by a crash is left out
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogRecord);
  }

  /**
   * One JSON object a line in `log.jsonl`, the same for TensorBoard in `tensorboard/`, and in `times.jsonl` when each line was written and how
   * long an evaluation took: apart, so that the same run leaves the same log.
   */
  async openLog(lastStep: number): Promise<RunLog> {
    await mkdir(this.folder, { recursive: true });
    const [path, timesPath] = [LOG, TIMES].map((file) => join(this.folder, file)) as [string, string];
    const isKept = ({ step }: LogRecord) => (step as number) <= lastStep;
    const kept = (await this.readLog()).filter(isKept);
    const times = (await this.#lines(TIMES)).filter(isKept);
    await rewrite(path, kept);
    await rewrite(timesPath, times);
    const timeOf = new Map(times.map((record) => [keyOf(record), record]));
    const timed = kept.map((record) => ({ ...record, ...timeOf.get(keyOf(record)) }));
    const events = await EventFile.open(join(this.folder, 'tensorboard'), timed);
    return {
      add: async ({ seconds, ...record }) => {
        const when = { time: Date.now() / 1000, ...(seconds === undefined ? {} : { seconds }) };
        await appendFile(path, lineOf(record));
        await appendFile(timesPath, lineOf({ kind: record.kind, step: record.step, ...when }));
        await events.add({ ...record, ...when });
      },
      close: () => events.close(),
    };
  }
}

const LOG = 'log.jsonl';
const TIMES = 'times.jsonl';

function keyOf({ kind, step }: LogRecord): string {
  return `${kind} ${step}`;
}

/** Leaves only some lines in a file. */
async function rewrite(path: string, records: readonly LogRecord[]): Promise<void> {
  if (records.length === 0) await truncate(path, 0).catch(() => {});
  else await writeFileAtomically(path, records.map(lineOf).join(''));
}

/** What a run writes into its folder, and nothing else. */
const OWN =
  /^(?:(?:last|best|bank)\.safetensors|run\.json|(?:log|times)\.jsonl|report\.html|series|tensorboard|not-finite-step-\d+\.safetensors)$/;

function lineOf(record: LogRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Reads a checkpoint file; errors name it. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  return decodeCheckpoint(await readNamed(path, 'a checkpoint'), path);
}

/** Writes a checkpoint file, whole or not at all. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await writeFileAtomically(path, encodeCheckpoint(checkpoint));
}

/** Reads a file that the user named, with an error that says what it was expected for. */
export async function readNamed(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'no such file' : code === 'EACCES' ? 'no permission to read it' : code;
    throw new DataError(`expected ${what} in ${path}, got ${reason}.`, { cause: error });
  }
}
