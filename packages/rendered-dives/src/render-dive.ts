import type { Frames } from '@mcore/clips';
import { DiveRenderer, type RenderOptions } from './dive-renderer.js';
import type { RenderableClip } from './visible-events.js';

/** Options of {@link renderDive}. */
export interface RenderDiveOptions extends RenderOptions {
  /** Native indices in any order; every frame unless given. */
  readonly frames?: readonly number[];
}

/**
 * Draws frames of one dive.
 *
 * @returns RGB, 8 bit, `[count, height, width, 3]`.
 */
export function renderDive(clip: RenderableClip, options: RenderDiveOptions): Frames {
  const frames = options.frames ?? Array.from({ length: clip.frameCount }, (_, frame) => frame);
  return drawFrames(new DiveRenderer(options), clip, frames);
}

/** Draws frames with a renderer that is kept. */
export function drawFrames(renderer: DiveRenderer, clip: RenderableClip, indices: readonly number[]): Frames {
  const { width, height } = renderer;
  const area = width * height;
  const data = new Uint8Array(indices.length * area * 3);
  let to = 0;
  for (const index of indices) {
    const pixels = renderer.draw(clip, index).pixels();
    for (let from = 0; from < area * 4; from += 4) {
      data[to++] = pixels[from]!;
      data[to++] = pixels[from + 1]!;
      data[to++] = pixels[from + 2]!;
    }
  }
  return { data, count: indices.length, height, width };
}
