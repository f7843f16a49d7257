import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { parseResults, type ResultFile } from './results.js';

/**
 * Reads files of results.
 *
 * @param paths - Files, or folders whose `results-*.jsonl` are taken.
 * @throws {@link DataError} if a path is not there, a folder has no such file, or a file is not a results file.
 */
export async function readResultFiles<R = unknown>(paths: readonly string[]): Promise<ResultFile<R>[]> {
  const files = (await Promise.all(paths.map(filesOf))).flat();
  return Promise.all([...new Set(files)].map(async (file) => parseResults<R>(await readFile(file, 'utf8'), file)));
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new DataError(
      `readResultFiles: expected results in ${path}, got ${error.code === 'ENOENT' ? 'no such file' : error.code}.`,
      { cause: error },
    );
  });
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => /^results-.*\.jsonl$/.test(name)).sort();
  if (names.length === 0) throw new DataError(`readResultFiles: expected results-*.jsonl in ${path}, got none.`);
  return names.map((name) => join(path, name));
}
