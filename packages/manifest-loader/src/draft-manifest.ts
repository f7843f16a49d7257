import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { csvCell } from '@mcore/table';
import { naturalOrder } from '@mcore/video/node';

/** A manifest whose scores are still to be filled in. */
export interface DraftManifest {
  /** CSV with the columns `path`, `score` and, where videos lie in several folders, `class`. */
  readonly csv: string;
  /** Videos and folders of images listed. */
  readonly clips: number;
  /** Names of the folders that became classes; empty where all videos lie in one. */
  readonly classes: readonly string[];
}

/** Containers that `openVideo` of `@mcore/video` reads. */
const VIDEO = /\.(mp4|m4v|mov|mkv|webm|ts)$/i;
const IMAGE = /\.(jpe?g|png)$/i;

/** Folders within each other that are looked into. */
const DEEPEST = 4;

/**
 * Lists the videos and folders of images below a folder as a manifest to fill in. The name of the folder that a video lies in becomes
 * its class if there are several such folders.
 *
 * @param folder - The manifest is meant to lie in it: paths start there.
 * @throws {@link DataError} if there is no such folder, or no video in it.
 */
export async function draftManifest(folder: string): Promise<DraftManifest> {
  const paths = await videosBelow(folder, '', 0);
  if (paths.length === 0) {
    throw new DataError(
      `draftManifest: expected videos (mp4, mov, mkv, webm, ts) or folders of images in ${folder}, got none.`,
    );
  }
  const folders = [...new Set(paths.map(folderOf))];
  const classes = folders.length > 1 ? [...new Set(folders.map(lastPart))].filter((name) => name !== '') : [];
  const header = classes.length > 0 ? 'path,score,class' : 'path,score';
  const rows = paths.map((path) => [path, '', ...(classes.length > 0 ? [lastPart(folderOf(path))] : [])]);
  const csv = `${[header, ...rows.map((row) => row.map(csvCell).join(','))].join('\n')}\n`;
  return { csv, clips: paths.length, classes };
}

/** Paths of videos and of folders with images, relative to the root, with `/` between their parts. */
async function videosBelow(root: string, below: string, depth: number): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === 'ENOENT' ? 'nothing there' : cause.code === 'ENOTDIR' ? 'a file' : cause.message;
    throw new DataError(`draftManifest: expected a folder at ${join(root, below)}, got ${got}.`, { cause });
  });
  const visible = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => naturalOrder(a.name, b.name));
  const files = visible.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const place = (name: string) => (below === '' ? name : `${below}/${name}`);
  const videos = files.filter((name) => VIDEO.test(name)).map(place);
  // a folder with one image a frame is a clip itself
  if (below !== '' && videos.length === 0 && files.filter((name) => IMAGE.test(name)).length > 1) return [below];
  const folders = depth < DEEPEST ? visible.filter((entry) => entry.isDirectory()) : [];
  const inner = await Promise.all(folders.map(({ name }) => videosBelow(root, place(name), depth + 1)));
  return [...videos, ...inner.flat()];
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
