import type { ByteSource } from './block-cache.js';

/** The kinds of files that can be read, for messages. */
export const FORMATS = 'a video (mp4, mov, mkv, webm, ts)';

/** Containers that people have and that are not read here, by how the file begins, in hexadecimal. */
const others: readonly (readonly [head: RegExp, name: string])[] = [
  [/^52494646.{8}41564920/, 'an AVI file'], // RIFF....AVI
  [/^47494638(37|39)61/, 'an animated GIF'], // GIF87a, GIF89a
  [/^3026b2758e66cf11/, 'a Windows Media file'],
  [/^464c5601/, 'a Flash video'], // FLV
  [/^000001(ba|b3)/, 'an MPEG-1 or MPEG-2 program stream'],
  [/^060e2b34/, 'an MXF file'],
];

/** What a file is that no reader takes, with what to do about it; undefined if it is not known. */
export async function unreadableFormat({ size, read }: ByteSource): Promise<string | undefined> {
  const bytes = await read(0, Math.min(size, 16));
  const head = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (/^ffd8ff|^89504e47/.test(head)) return 'one image; a video needs a folder with one image a frame'; // JPEG, PNG
  const name = others.find(([pattern]) => pattern.test(head))?.[1];
  return name && `${name}; convert it first, for instance with FFmpeg: ffmpeg -i IN -c:v libx264 -crf 16 OUT.mp4`;
}
