import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useEngine } from '@mcore/engines/node';
import { DataError } from '@mcore/errors';
import { openVideo } from '@mcore/video/node';
import { bankUrl, spotterUrl, weightsUrl } from '@mcore/weights-rendered-dives';
import { fetchFile } from './fetch-file.js';
import type { NamedBytes, Platform } from './platform.js';

/** Node: paths are read from disk, web addresses fetched. */
export const nodePlatform: Platform = {
  useEngine,
  readFile: readPlace,

  async readShipped() {
    const [weights, bank] = await Promise.all([
      readPlace(weightsUrl, 'the shipped weights'),
      readPlace(bankUrl, 'the bank of the shipped weights'),
    ]);
    return { weights, bank };
  },

  readShippedSpotter: () => readPlace(spotterUrl, 'the spotter of the shipped weights'),

  besides: (place, name) => (isOnline(place) ? new URL(name, place) : join(dirname(pathOf(place)), name)),

  async openVideo(source, { name, framesPerSecond, signal }) {
    const found =
      source instanceof Blob ? source : isOnline(source) ? await fetchFile(source, 'a video', signal) : pathOf(source);
    const called = name ?? (source instanceof Blob ? undefined : String(source));
    return openVideo(found, {
      ...(called !== undefined && { name: called }),
      ...(framesPerSecond !== undefined && { framesPerSecond }),
    });
  },
};

async function readPlace(place: string | URL, what: string): Promise<NamedBytes> {
  if (isOnline(place)) {
    const blob = await fetchFile(place, what);
    return { name: String(place), bytes: new Uint8Array(await blob.arrayBuffer()) };
  }
  const path = pathOf(place);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === 'ENOENT' ? 'no such file' : cause.code === 'EISDIR' ? 'a folder' : cause.message;
    throw new DataError(`loadJudge: expected ${what} in ${path}, got ${got}.`, { cause });
  });
  return { name: path, bytes };
}

function isOnline(place: string | URL): boolean {
  return /^https?:/i.test(String(place));
}

/** A path as it is, or that of a file URL. */
function pathOf(place: string | URL): string {
  return /^file:/i.test(String(place)) ? fileURLToPath(place) : String(place);
}
