import { readFile, rename, writeFile } from 'node:fs/promises';
import { type Clip, type ExemplarChoice, formatExemplars, parseExemplars } from '@mcore/clips';
import { DataError } from '@mcore/errors';

/** Writes a choice of exemplars to a file, whole or not at all. */
export async function saveExemplars(path: string, choice: ExemplarChoice): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, formatExemplars(choice));
  await rename(temporary, path);
}

/**
 * Reads a choice of exemplars from a file and checks it against the clips it is to be used with; see `parseExemplars`.
 *
 * @param clips - All clips of the source it was made for, training and test.
 * @throws DataError in one line if the file is missing or does not fit.
 */
export async function loadExemplars(path: string, clips: readonly Clip[]): Promise<ExemplarChoice> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === 'ENOENT' ? 'nothing there' : cause.message;
    throw new DataError(`loadExemplars: expected a file of exemplars at ${path}, got ${got}.`, { cause });
  });
  return parseExemplars(text, clips);
}
