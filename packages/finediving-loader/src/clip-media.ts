import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listFrames, openFrameFolder, openVideo, type Video } from '@mcore/video/node';

/** Where the frames of a clip are: a folder of images, or a video file. */
export interface ClipMedia {
  readonly kind: 'images' | 'video';
  readonly path: string;
}

const VIDEO = /\.(mp4|mov|mkv|webm)$/i;

/** The name of a video file without its ending; undefined for other files. */
export function videoName(file: string): string | undefined {
  return VIDEO.test(file) ? file.replace(VIDEO, '') : undefined;
}

/**
 * Finds the frames of a clip: `<frames>/<competition>/<dive index>`, a folder of images or a video file, or
 * `<frames>/<competition>__<dive index>` as the E2E-Spot project lays them out. Where there are both, images are taken.
 *
 * @returns Undefined if none of these exists.
 */
export async function findClipMedia(
  frames: string,
  clip: { readonly competition: string; readonly diveIndex: string; readonly id: string },
): Promise<ClipMedia | undefined> {
  const places = [join(frames, clip.competition, clip.diveIndex), join(frames, clip.id)];
  for (const path of places) if (await isKind(path, 'isDirectory')) return { kind: 'images', path };
  for (const path of places) {
    for (const ending of ['.mp4', '.mov', '.mkv', '.webm']) {
      if (await isKind(path + ending, 'isFile')) return { kind: 'video', path: path + ending };
    }
  }
  return undefined;
}

/** Opens the frames of a clip; the caller closes them. */
export function openClipMedia(media: ClipMedia, name: string, concurrency: number): Promise<Video> {
  return media.kind === 'images'
    ? openFrameFolder(media.path, { name, concurrency })
    : openVideo(media.path, { name: `${name}, ${media.path}` });
}

/** Whether a folder holds images or videos of labelled clips, by their names. */
export async function holdsClips(folder: string, known: ReadonlySet<string>): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  return entries.some((entry) => {
    const name = entry.isFile() ? videoName(entry.name) : entry.name;
    return name !== undefined && known.has(name);
  });
}

/** Images of one clip in a folder of frames, at most three of them: the first, a middle one and the last. */
export async function someImages(frames: string, known: ReadonlySet<string>): Promise<string[]> {
  const folders = async (folder: string) =>
    (await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => [])).flatMap((entry) =>
      entry.isFile() ? [] : [entry.name],
    );
  for (const name of await folders(frames)) {
    if (!known.has(name)) continue;
    const own = join(frames, name);
    for (const clip of [own, ...(await folders(own)).map((dive) => join(own, dive))]) {
      const images = await listFrames(clip).catch(() => []);
      if (images.length > 0) return [0, images.length >> 1, images.length - 1].map((at) => join(clip, images[at]!));
    }
  }
  return [];
}

async function isKind(path: string, kind: 'isDirectory' | 'isFile'): Promise<boolean> {
  return stat(path).then(
    (facts) => facts[kind](),
    () => false,
  );
}
