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
 * @throws {@link DataError} if the file is missing, too large, or neither UTF-8 nor UTF-16.
 */
export async function readTableFile(path: string, caller: string): Promise<{ text: string; format: TableFormat }> {
  const format = formatOf(path);
  if (!format) throw tableError(caller, 'a manifest that ends in .csv, .tsv or .json', path);
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    if (size > tableLimits.bytes) throw tableError(caller, `a manifest of at most ${tableLimits.bytes} bytes`, size);
    return { text: textOf(await file.readFile(), path, caller), format };
  } catch (error) {
    if (error instanceof DataError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw tableError(caller, `UTF-8 text at ${path}`, code === 'ENOENT' ? 'no such file' : message, { cause: error });
  } finally {
    await file?.close();
  }
}

/** UTF-8, or UTF-16 that begins with a byte order mark, as Excel writes it. */
function textOf(bytes: Uint8Array, path: string, caller: string): string {
  const mark = bytes.length >= 2 ? (bytes[0]! << 8) | bytes[1]! : 0;
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const line = encoding === 'utf-8' ? ` (line ${lineOfOtherBytes(bytes)})` : '';
    throw tableError(caller, `UTF-8 text at ${path}; save it as UTF-8`, `other bytes${line}`, { cause: error });
  }
}

/** The first line that is not UTF-8. */
function lineOfOtherBytes(bytes: Uint8Array): number {
  for (let line = 1, start = 0; ; line++) {
    const end = bytes.indexOf(10, start);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
  }
}

function formatOf(path: string): TableFormat | undefined {
  if (/\.(csv|tsv)$/i.test(path)) return 'csv';
  return /\.json$/i.test(path) ? 'json' : undefined;
}
