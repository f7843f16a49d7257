import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DiveRenderer } from './dive-renderer.js';
import type { EncodableSurface } from './node-surface.js';
import type { RenderableClip } from './visible-events.js';

/** What one worker needs to draw its share. */
export interface LayoutJob {
  readonly directory: string;
  readonly seed: number | string;
  readonly height: number;
  readonly quality: number;
}

/** FineDiving names a clip's folder by competition and index of the dive: `01__10` is `01/10`. */
export function clipFolder(clip: Pick<RenderableClip, 'id' | 'competition'>): string {
  const separator = clip.id.lastIndexOf('__');
  const index = separator >= 0 ? clip.id.slice(separator + 2) : clip.id;
  return join(clip.competition, index);
}

/**
 * Draws a clip as numbered JPEG files, 00001.jpg and on.
 *
 * The folder appears under its name only when every frame is there, so a folder that is there is whole.
 *
 * @returns False if the folder was there already.
 */
export function writeClipFolder(renderer: DiveRenderer, clip: RenderableClip, job: LayoutJob): boolean {
  const folder = join(job.directory, clipFolder(clip));
  if (existsSync(folder)) {
    return false;
  }
  const partial = join(dirname(folder), `.${clipFolder(clip).split(/[\\/]/).at(-1)}.partial`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  for (let frame = 0; frame < clip.frameCount; frame++) {
    const surface = renderer.draw(clip, frame) as EncodableSurface;
    writeFileSync(join(partial, `${String(frame + 1).padStart(5, '0')}.jpg`), surface.jpeg(job.quality));
  }
  renameSync(partial, folder);
  return true;
}
