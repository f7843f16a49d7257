import { readFile } from 'node:fs/promises';
import type { Frames } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import sharp from 'sharp';
import { withinTime } from './deadline.js';
import { videoLimits } from './types.js';

/**
 * Decodes an image file as Pillow does for training: its stored pixels, as sRGB without transparency, not turned by EXIF.
 *
 * @returns One frame, `[1, height, width, 3]`.
 * @throws {@link DataError} in one line if it can't be read within the time.
 */
export async function readImage(path: string, timeoutSeconds = 30): Promise<Frames> {
  const late = `readImage: expected ${path} decoded within ${timeoutSeconds} s, got nothing.`;
  return withinTime(decode(path), timeoutSeconds, late);
}

async function decode(path: string): Promise<Frames> {
  try {
    // read here and not by the decoder, which keeps files open and names them in its own way
    const image = sharp(await readFile(path), { limitInputPixels: videoLimits.pixels, failOn: 'error' });
    const { data, info } = await image.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (info.channels !== 3) throw new Error(`${info.channels} channels`);
    return { data: bytes, count: 1, height: info.height, width: info.width };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    throw new DataError(`readImage: expected an image (jpg, png), got ${path}, which can't be read: ${reason}.`, {
      cause: error,
    });
  }
}

/**
 * Decodes images with a bounded number under way, giving each to `use` as it comes (not in order).
 *
 * @param paths - Image files.
 * @param use - Called with the index in `paths`.
 * @param options - `concurrency`: images under way at once; 4 unless given, as many as Node.js's thread pool runs. `timeoutSeconds` for
 *   each image, and a `signal` that ends it all.
 */
export async function forEachImage(
  paths: readonly string[],
  use: (index: number, frame: Frames) => void,
  options: { readonly concurrency?: number; readonly timeoutSeconds?: number; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { concurrency = 4, timeoutSeconds, signal } = options;
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < paths.length && !failed) {
      signal?.throwIfAborted();
      const index = next++;
      try {
        use(index, await readImage(paths[index]!, timeoutSeconds));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, paths.length) }, worker);
  const results = await Promise.allSettled(workers);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
