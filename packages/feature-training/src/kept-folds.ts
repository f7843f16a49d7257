import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeatureSource } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { type FolderLock, lockFolder, writeFileAtomically } from '@mcore/training/node';
import type { FoldPrediction } from './cross-validate.js';

/** Predictions of folds in a folder, each written when it is there; those of other data or settings are refused. */
export class KeptFolds {
  readonly #folder: string;
  readonly #lock: FolderLock;

  private constructor(
    /** Folds that are there, by name. */
    readonly done: ReadonlyMap<string, readonly FoldPrediction[]>,
    folder: string,
    lock: FolderLock,
  ) {
    this.#folder = folder;
    this.#lock = lock;
  }

  /**
   * Opens a folder, or makes it, and holds it until {@link close}.
   *
   * @param folder - For the results.
   * @param caller - Who holds the folder, for errors.
   * @param source - What is tested.
   * @param about - Everything that predictions depend on beside the source; plain data.
   * @throws DataError if there are results of something else; what `lockFolder` throws if another process has the folder.
   */
  static async open(
    folder: string,
    caller: string,
    source: Pick<FeatureSource, 'clips' | 'fingerprint'>,
    about: { readonly folds: readonly { readonly name: string }[]; readonly [setting: string]: unknown },
  ): Promise<KeptFolds> {
    const lock = await lockFolder(folder, caller);
    try {
      const identity = hashOf([source.fingerprint, source.clips, about]);
      const path = join(folder, 'protocol.json');
      const present = await readJson(path);
      if (present !== undefined && (present as { identity?: unknown }).identity !== identity) {
        throw new DataError(
          `${caller}: expected results of the same data and settings in ${folder}, got others. Choose another folder.`,
        );
      }
      await writeFileAtomically(path, `${JSON.stringify({ identity, about }, null, 2)}\n`);
      const done = new Map<string, readonly FoldPrediction[]>();
      for (const { name } of about.folds) {
        const predictions = await readJson(fileOf(folder, name));
        if (predictions !== undefined) done.set(name, predictions as FoldPrediction[]);
      }
      return new KeptFolds(done, folder, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Writes the predictions of a fold. */
  keep(name: string, predictions: readonly FoldPrediction[]): Promise<void> {
    return writeFileAtomically(fileOf(this.#folder, name), `${JSON.stringify(predictions)}\n`);
  }

  /** Lets go of the folder. */
  close(): Promise<void> {
    return this.#lock.release();
  }
}

function fileOf(folder: string, name: string): string {
  return join(folder, `fold-${hashOf(name).slice(0, 16)}.json`);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError(`KeptFolds: expected JSON in ${path}, got text that does not parse. Delete it.`, { cause });
  }
}
