import { DataError } from '@mcore/errors';
import { FORMATS } from './formats.js';
import type { OpenVideoOptions, Video } from './types.js';
import { openVideoSource } from './video-file.js';

/**
 * Opens a video that is held as a Blob or File, such as one a person has chosen in a browser.
 *
 * The browser decodes (WebCodecs); in Node.js call `registerVideoDecoder` of `@mcore/video/node` once before, or use its
 * `openVideo`, which takes paths too and does that by itself.
 *
 * @param blob - mp4, mov, mkv, webm or ts.
 * @throws DataError in one line if it is empty, no video, cut off, without a video track or of a codec that can't be decoded.
 */
export async function openVideo(blob: Blob, options: OpenVideoOptions = {}): Promise<Video> {
  const name = options.name ?? ('name' in blob && typeof blob.name === 'string' ? blob.name : 'the video');
  if (blob.size === 0) throw new DataError(`openVideo: expected ${FORMATS}, got ${name}, which is empty.`);
  const read = async (start: number, end: number) => new Uint8Array(await blob.slice(start, end).arrayBuffer());
  return openVideoSource({ size: blob.size, read }, { ...options, name });
}
