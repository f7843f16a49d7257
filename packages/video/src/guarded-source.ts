import { DataError } from '@mcore/errors';
import { CustomSource } from 'mediabunny';
import type { ByteSource } from './block-cache.js';

const TURN_EVERY = 256;
const MOST_REPEATS = 10_000;

/**
 * A source for mediabunny that a damaged file can't hang: every read comes here, where the event loop gets its turn, so that
 * time-outs work, and reading one place over and over ends in an error. (Its search for the next element of a damaged
 * WebM file, version 1.61, repeats its last read for ever and never lets a timer run.)
 */
export function guardedSource({ size, read, close }: ByteSource): CustomSource {
  let [reads, repeats, lastStart, lastEnd] = [0, 0, -1, -1];
  return new CustomSource({
    getSize: () => size,
    async read(start, end) {
      repeats = start === lastStart && end === lastEnd ? repeats + 1 : 0;
      [lastStart, lastEnd] = [start, end];
      if (repeats > MOST_REPEATS) {
        throw new DataError(
          `openVideo: expected a structure that leads on, got byte ${start} of the file over and over.`,
        );
      }
      reads++;
      if (reads % TURN_EVERY === 0) await new Promise((resolve) => setTimeout(resolve));
      return read(start, end);
    },
    // all reads must come here, also those of bytes just read
    maxCacheSize: 0,
    handleUnhandledError: () => {},
    ...(close && { dispose: close }),
  });
}
