import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DataError } from '@mcore/errors';
import type { SafeTensor } from './dtypes.js';
import { readSafetensors, type Safetensors, type SafetensorsLimits } from './read.js';
import { writeSafetensors } from './write.js';

/** {@link SafetensorsLimits} and a bound on the file. */
export interface SafetensorsFileLimits extends SafetensorsLimits {
  /** Maximum size of the file in bytes. Default 2^31 - 1, the most that Node reads at once. */
  maxFileBytes?: number;
}

/**
 * Reads a safetensors file from disk, whole.
 *
 * @param path - The file.
 * @param limits - Bounds against hostile files.
 * @returns Tensors (views on one buffer that holds the file) and metadata.
 * @throws {@link DataError} if the file is missing, too large or not a safetensors file; the message names the file.
 */
export async function readSafetensorsFile(path: string, limits: SafetensorsFileLimits = {}): Promise<Safetensors> {
  const { maxFileBytes = 2 ** 31 - 1, ...rest } = limits;
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) {
      throw new DataError(`readSafetensorsFile: ${path} must have at most ${maxFileBytes} bytes, got ${size}.`);
    }
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`readSafetensorsFile: expected a readable file, got ${(cause as Error).message}.`, { cause });
  }
  try {
    return readSafetensors(bytes, rest);
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw new DataError(`readSafetensorsFile: ${path}: ${cause.message}`, { cause });
  }
}

/**
 * Writes a safetensors file atomically: `path` always holds either the complete old file or the complete new one. The file is written
 * under a temporary name in the same directory, flushed to the disk, then renamed.
 *
 * @param path - Where to write the file; its directory must exist.
 * @param tensors - As for `writeSafetensors`.
 * @param metadata - As for `writeSafetensors`.
 * @throws What `writeSafetensors` and the file system throw; the temporary file is gone then.
 */
export async function writeSafetensorsFile(
  path: string,
  tensors: ReadonlyMap<string, SafeTensor> | Readonly<Record<string, SafeTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bytes = writeSafetensors(tensors, metadata);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Makes the rename itself durable; where directories can't be opened (Windows) there is nothing to do. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => undefined);
  await directory?.sync().catch(() => undefined);
  await directory?.close();
}
