import { DataError } from '@mcore/errors';
import { unzip, Zip, ZipPassThrough } from 'fflate';
import type { Item } from './item.js';
import { manifestOf } from './manifest.js';

/** Where things are in a saved library. */
const VIDEOS = 'videos';
const LIST = 'videos.csv';
const KNOWN = 'library.json';

/** What a saved library holds. */
export interface Archive {
  items: Item[];
  settings: Record<string, unknown>;
  file(name: string): Uint8Array<ArrayBuffer> | undefined;
}

/**
 * A library as one ZIP file: the videos, all that is known of them, and `videos.csv`, the list of those with a score, which
 * `mcore train --data videos.csv` reads once the file is unpacked.
 *
 * @param fileOf - Reads a video; one that is no longer there is left out.
 */
export async function packLibrary(
  items: readonly Item[],
  settings: Record<string, unknown>,
  fileOf: (id: string) => Promise<Blob | undefined>,
): Promise<Blob> {
  const parts: BlobPart[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    parts.push(chunk as Uint8Array<ArrayBuffer>);
  });
  const add = (name: string, bytes: Uint8Array) => {
    // videos are compressed already
    const entry = new ZipPassThrough(name);
    zip.add(entry);
    entry.push(bytes, true);
  };
  const packed: Item[] = [];
  for (const item of items) {
    const file = await fileOf(item.id);
    if (!file) continue;
    add(`${VIDEOS}/${item.name}`, new Uint8Array(await file.arrayBuffer()));
    packed.push(item);
  }
  const { text } = manifestOf(packed, VIDEOS);
  const bytes = new TextEncoder();
  add(LIST, bytes.encode(text));
  add(KNOWN, bytes.encode(JSON.stringify({ version: 1, settings, items: packed })));
  zip.end();
  return new Blob(parts, { type: 'application/zip' });
}

/**
 * Reads what {@link packLibrary} wrote.
 *
 * @throws {@link DataError} if it is another file.
 */
export async function unpackLibrary(blob: Blob): Promise<Archive> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const entries = await new Promise<Record<string, Uint8Array>>((resolve, reject) => {
    unzip(bytes, (error, data) => (error ? reject(notALibrary(error.message)) : resolve(data)));
  });
  const known = entries[KNOWN];
  if (!known) throw notALibrary(`no ${KNOWN} in it`);
  const { version, items, settings } = JSON.parse(new TextDecoder().decode(known)) as {
    version: number;
    items: Item[];
    settings: Record<string, unknown>;
  };
  if (version !== 1 || !Array.isArray(items)) throw notALibrary(`version ${version}`);
  return { items, settings, file: (name) => entries[`${VIDEOS}/${name}`] as Uint8Array<ArrayBuffer> | undefined };
}

function notALibrary(why: string): DataError {
  return new DataError(`unpackLibrary: expected a library that was saved here, got another file: ${why}.`);
}
