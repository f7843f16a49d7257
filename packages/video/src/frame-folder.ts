import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ArgumentError, DataError } from '@mcore/errors';
import { assembleFrames } from './frame-assembly.js';
import { forEachImage, readImage } from './image-files.js';
import { naturalOrder } from './natural-order.js';
import type { OpenVideoOptions, ReadFramesOptions, Video } from './types.js';

/** How a folder of images is opened as a video. */
export interface OpenFolderOptions extends OpenVideoOptions {
  /** Images tell no time; 25 unless given. */
  readonly framesPerSecond?: number;
  /** Images decoded at once; 4 unless given. */
  readonly concurrency?: number;
}

/** The images of a folder, jpg, jpeg or png, in natural order of their names. Empty if the folder has no such images. */
export async function listFrames(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => /^[^.].*\.(jpe?g|png)$/i.test(name)).sort(naturalOrder);
}

/**
 * Opens a folder of images as a video: one frame an image, jpg, jpeg or png, in natural order of their names (`2.jpg` before
 * `10.jpg`). Other files are ignored. Images are read when frames are asked for.
 *
 * @throws {@link DataError} in one line if there is no such folder, no image in it, or its first image can't be read.
 */
export async function openFrameFolder(folder: string, options: OpenFolderOptions = {}): Promise<Video> {
  const { name = folder, framesPerSecond = 25, timeoutSeconds = 30, concurrency = 4 } = options;
  if (!(framesPerSecond > 0)) {
    throw new ArgumentError(`openFrameFolder: framesPerSecond must be more than 0, got ${framesPerSecond}.`);
  }
  const files = await listFrames(folder).catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === 'ENOENT' ? 'nothing there' : cause.code === 'ENOTDIR' ? 'a file' : cause.message;
    throw new DataError(`openFrameFolder: expected a folder of images at ${folder}, got ${got}.`, { cause });
  });
  if (files.length === 0) {
    throw new DataError(`openFrameFolder: expected jpg or png images in ${folder}, got none.`);
  }
  const { height, width } = await readImage(join(folder, files[0]!), timeoutSeconds);
  let closed = false;
  const readFrames = async (indices: readonly number[], reading: ReadFramesOptions = {}) => {
    const { size = { height, width }, signal } = reading;
    if (closed) throw new DataError(`readFrames: expected an open video, got ${name}, which was closed.`);
    const assembly = assembleFrames(indices, files.length, size);
    const place = (position: number, frame: { height: number; width: number; data: Uint8Array; count: number }) => {
      const index = assembly.expected[position]!;
      if (!reading.size && (frame.height !== height || frame.width !== width)) {
        throw new DataError(
          `readFrames: expected every image of ${folder} to be ${width} x ${height} like the first, got ` +
            `${frame.width} x ${frame.height} in ${files[index]}.`,
        );
      }
      assembly.place(index, frame);
    };
    const paths = assembly.expected.map((index) => join(folder, files[index]!));
    await forEachImage(paths, place, { concurrency, timeoutSeconds, ...(signal && { signal }) });
    return assembly.frames;
  };
  async function* streamFrames(indices: Iterable<number>, reading: ReadFramesOptions = {}) {
    let batch: number[] = [];
    const read = async function* () {
      const { data, height: tall, width: wide } = await readFrames(batch, reading);
      const bytes = tall * wide * 3;
      for (let at = 0; at < batch.length; at++) {
        yield { data: data.subarray(at * bytes, (at + 1) * bytes), count: 1, height: tall, width: wide };
      }
      batch = [];
    };
    for (const index of indices) {
      batch.push(index);
      if (batch.length === concurrency) yield* read();
    }
    if (batch.length > 0) yield* read();
  }
  return {
    name,
    frameCount: files.length,
    durationSeconds: files.length / framesPerSecond,
    framesPerSecond,
    width,
    height,
    codec: 'images',
    timestamps: Float64Array.from(files, (_, index) => index / framesPerSecond),
    notes: [],
    readFrames,
    streamFrames,
    close() {
      closed = true;
    },
  };
}
