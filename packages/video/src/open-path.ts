import { open, stat } from 'node:fs/promises';
import { DataError } from '@mcore/errors';
import type { ByteSource } from './block-cache.js';
import { FORMATS } from './formats.js';
import { type OpenFolderOptions, openFrameFolder } from './frame-folder.js';
import { openVideo as openBlob } from './open-video.js';
import { registerVideoDecoder } from './register-decoder.js';
import type { Video } from './types.js';
import { openVideoSource } from './video-file.js';

/**
 * Opens a video in Node.js: a file (mp4, mov, mkv, webm, ts), a folder of images, or a Blob. Registers the decoders by itself.
 *
 * @throws DataError in one line if there is nothing there, or it is empty, no video, cut off, without a video track or of a
 *   codec that can't be decoded; EngineError as {@link registerVideoDecoder}.
 */
export async function openVideo(source: string | Blob, options: OpenFolderOptions = {}): Promise<Video> {
  if (typeof source !== 'string') {
    await registerVideoDecoder();
    return openBlob(source, options);
  }
  const { name = source } = options;
  const facts = await stat(source).catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === 'ENOENT' ? 'nothing there' : cause.message;
    throw new DataError(`openVideo: expected a video file or a folder of images at ${name}, got ${got}.`, { cause });
  });
  if (facts.isDirectory()) return openFrameFolder(source, options);
  if (!facts.isFile())
    throw new DataError(`openVideo: expected a video file or a folder of images at ${name}, got neither.`);
  if (facts.size === 0) {
    throw new DataError(`openVideo: expected ${FORMATS}, got ${name}, which is empty.`);
  }
  await registerVideoDecoder();
  const file = await open(source).catch((cause: NodeJS.ErrnoException) => {
    throw new DataError(`openVideo: expected to read ${name}, got ${cause.message}.`, { cause });
  });
  const bytes: ByteSource = {
    size: facts.size,
    async read(start, end) {
      const part = new Uint8Array(end - start);
      const { bytesRead } = await file.read(part, 0, part.length, start);
      if (bytesRead === part.length) return part;
      throw new DataError(
        `openVideo: expected bytes ${start} to ${end} of ${name}, got ${bytesRead} of them; it has changed.`,
      );
    },
    close() {
      void file.close().catch(() => {});
    },
  };
  return openVideoSource(bytes, { ...options, name });
}
