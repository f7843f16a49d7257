import { type FileHandle, open } from 'node:fs/promises';
import { DataError } from '@mcore/errors';
import { tableLimits } from './limits.js';
import type { TableFormat } from './parse-table.js';
import { tableError } from './table-row.js';

/**
 * Reads the text of a table from disk.
 *
 * @param path - Ends in `.csv`, `.tsv` or `.json`.
 * @param caller - Function or file that errors begin with.
 * @returns The text and how it is written.
 * @throws {@link DataError} if the file is missing, too large or not UTF-8.
 */
export async function readTableFile(path: string, caller: string): Promise<{ text: string; format: TableFormat }> {
  const format = formatOf(path);
  if (!format) throw tableError(caller, 'a manifest that ends in .csv, .tsv or .json', path);
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    if (size > tableLimits.bytes) throw tableError(caller, `a manifest of at most ${tableLimits.bytes} bytes`, size);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile()), format };
  } catch (error) {
    if (error instanceof DataError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const got = code === 'ENOENT' ? 'no such file' : error instanceof TypeError ? 'other bytes' : message;
    throw tableError(caller, `UTF-8 text at ${path}`, got, { cause: error });
  } finally {
    await file?.close();
  }
}

function formatOf(path: string): TableFormat | undefined {
  if (/\.(csv|tsv)$/i.test(path)) return 'csv';
  return /\.json$/i.test(path) ? 'json' : undefined;
}
