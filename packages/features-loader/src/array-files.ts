import { type FileHandle, open } from 'node:fs/promises';
import { DataError } from '@mcore/errors';
import { type ArrayFile, type FeatureFormat, featureFormats, openArrayFile } from './decode-features.js';
import { featureLimits } from './limits.js';

/** Files that hold arrays of many clips stay open for the next clip; this many. */
const KEPT = 4;

/** Opens files of arrays and keeps the last ones, so that one of a thousand clips isn't read a thousand times. */
export class ArrayFiles {
  readonly #open = new Map<string, Promise<ArrayFile>>();

  /**
   * The arrays of a file.
   *
   * @throws {@link DataError} if it is missing, too large, of no known ending, or broken.
   */
  get(path: string): Promise<ArrayFile> {
    const present = this.#open.get(path);
    const file = present ?? readArrayFile(path);
    this.#open.delete(path);
    this.#open.set(path, file);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= KEPT) break;
      this.#open.delete(oldest);
    }
    return file;
  }

  /** Lets go of all files. */
  clear(): void {
    this.#open.clear();
  }
}

async function readArrayFile(path: string): Promise<ArrayFile> {
  const format = path.slice(path.lastIndexOf('.') + 1).toLowerCase() as FeatureFormat;
  if (!featureFormats.includes(format)) {
    throw new DataError(`readFeatureFile: expected a file that ends in ${featureFormats.join(', ')}, got ${path}.`);
  }
  return openArrayFile(await readBytes(path), format);
}

async function readBytes(path: string): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const facts = await file.stat();
    if (!facts.isFile()) throw new DataError(`readFeatureFile: expected a file at ${path}, got a folder.`);
    if (facts.size > featureLimits.fileBytes) {
      throw new DataError(`readFeatureFile: expected at most ${featureLimits.fileBytes} bytes, got ${facts.size}.`);
    }
    return await file.readFile();
  } catch (error) {
    if (error instanceof DataError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DataError(
      `readFeatureFile: expected a file at ${path}, got ${code === 'ENOENT' ? 'no such file' : message}.`,
      { cause: error },
    );
  } finally {
    await file?.close();
  }
}
