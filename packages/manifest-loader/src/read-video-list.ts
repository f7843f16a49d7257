import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { DataError } from '@mcore/errors';
import { clipColumns, parseTable } from '@mcore/table';
import { readTableFile } from '@mcore/table/node';
import { pathColumns, timeSpan } from './time-span.js';

/** A video of a list, with what the list says of it. */
export interface ListedVideo {
  /** As it can be opened. */
  readonly video: string;
  /** Dive number or class in lower case; null if the list does not say. */
  readonly class: string | null;
  /** The part that is meant, in seconds from the first frame. */
  readonly start?: number;
  readonly end?: number;
}

/**
 * Reads a list of videos that need no scores: a manifest (.csv, .tsv, .json; `path`, `class`, `start`, `end`, other columns are ignored), whose
 * paths start in its folder, or text with one path a line and after a tab the dive number or class.
 *
 * @throws {@link DataError} that names the line and what is wrong there.
 */
export async function readVideoList(path: string): Promise<ListedVideo[]> {
  if (/\.(csv|tsv|json)$/i.test(path)) return readTable(path);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === 'ENOENT' ? 'no such file' : cause.message;
    throw new DataError(`readVideoList: expected a list of videos in ${path}, got ${got}.`, { cause });
  });
  return new TextDecoder()
    .decode(bytes)
    .split(/\r?\n/)
    .flatMap((line, position) => {
      if (line.trim() === '') return [];
      const [video = '', name = '', ...more] = line.split('\t').map((cell) => cell.trim());
      if (more.length > 0 || video === '') {
        throw new DataError(
          `${path}:${position + 1}: expected a path, or a path, a tab and a dive number or class, got ${JSON.stringify(line)}.`,
        );
      }
      return [{ video, class: name === '' ? null : name.toLowerCase() }];
    });
}

async function readTable(path: string): Promise<ListedVideo[]> {
  const { text, format } = await readTableFile(path, path);
  const columns = { path: pathColumns, class: clipColumns.class, start: ['start'], end: ['end'] };
  return parseTable(text, format, path).map((each) => {
    const row = each.renamed(columns, new Set());
    const video = row.path('path', { anywhere: true });
    const name = row.text('class').toLowerCase();
    const place = isAbsolute(video) ? video : join(dirname(path), video);
    return { video: place, class: name === '' ? null : name, ...timeSpan(row) };
  });
}
