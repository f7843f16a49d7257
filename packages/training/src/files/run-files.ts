import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '@mcore/model';
import { writeFileAtomically } from './atomic-file.js';

/** Where a training run keeps its files. */
export class RunFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Weights and optimiser to go on from. */
  get last(): string {
    return join(this.folder, 'last.safetensors');
  }

  /** Weights that were best on validation. */
  get best(): string {
    return join(this.folder, 'best.safetensors');
  }

  /** Exemplar features of the best weights. */
  get bank(): string {
    return join(this.folder, 'bank.safetensors');
  }

  /** The page about the run. */
  get report(): string {
    return join(this.folder, 'report.html');
  }

  /** Weights that are kept for good, by step. */
  kept(step: number): string {
    return join(this.folder, 'series', `step-${String(step).padStart(6, '0')}.safetensors`);
  }

  /** What led to numbers that are not finite at a step. */
  notFinite(step: number): string {
    return join(this.folder, `not-finite-step-${step}.safetensors`);
  }

  /** Folder of the TensorBoard event file. */
  get events(): string {
    return join(this.folder, 'tensorboard');
  }

  /** One JSON object a line. */
  get log(): string {
    return join(this.folder, 'log.jsonl');
  }

  /** Makes the folder. */
  async create(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
  }

  /** Adds a line to the log. */
  async append(record: Readonly<Record<string, unknown>>): Promise<void> {
    await appendFile(this.log, `${JSON.stringify(record)}\n`);
  }

  /** All lines of the log; a last line that was cut off by a crash is left out. */
  async readLog(): Promise<Record<string, unknown>[]> {
    const text = await readFile(this.log, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Drops what was logged after a step, since a resumed run does those steps again. */
  async rewindLog(step: number): Promise<void> {
    const kept = (await this.readLog()).filter((record) => (record.step as number) <= step);
    const text = kept.map((record) => `${JSON.stringify(record)}\n`).join('');
    if (text === '') await truncate(this.log, 0).catch(() => {});
    else await writeFileAtomically(this.log, text);
  }
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
