import { createHash, type Hash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { listFrames } from './frame-folder.js';

/** Bytes that are read at either end of a file. */
const END = 1 << 16;

/**
 * Changes when a video file or a folder of images may have other frames than before: from size, time of the last change and the first and
 * last 64 KiB of a file; from names, sizes and times of all images of a folder and the content of its first, middle and last one.
 *
 * @returns 16 hexadecimal digits.
 * @throws {@link DataError} if there is neither a file nor a folder.
 */
export async function fileKey(path: string): Promise<string> {
  const facts = await stat(path).catch((cause) => {
    throw new DataError(`fileKey: expected a video or a folder of images at ${path}, got no such file.`, { cause });
  });
  if (!facts.isDirectory()) return filesKey([path]);
  return filesKey((await listFrames(path)).map((name) => join(path, name)));
}

/** {@link fileKey} of the images of one clip, wherever they lie. */
export async function filesKey(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const { size, mtimeMs } = await stat(path);
    hash.update(JSON.stringify([path, size, mtimeMs]));
  }
  const shown = new Set([paths[0], paths[paths.length >> 1], paths.at(-1)]);
  for (const path of shown) if (path !== undefined) await addEnds(hash, path);
  return hash.digest('hex').slice(0, 16);
}

async function addEnds(hash: Hash, path: string): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    for (const from of new Set([0, Math.max(0, size - END)])) {
      const { buffer, bytesRead } = await file.read(new Uint8Array(END), 0, END, from);
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
