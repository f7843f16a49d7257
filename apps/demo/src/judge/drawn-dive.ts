import { type FrameSize, resizeFrames } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { browserCanvas, nativeHeight, RenderedDives } from '@mcore/rendered-dives';
import type { Video } from '@mcore/video';
import { frameRate } from '../playback.js';

let dives: RenderedDives | undefined;

/**
 * A dive drawn from its label, as a video.
 *
 * @param height - Of the drawing, in pixels.
 */
export function drawnDive(id: string, height: number): Video {
  if (dives?.renderer.height !== height) dives = new RenderedDives({ canvas: browserCanvas, height });
  const renderer = dives;
  const readFrames = async (indices: readonly number[], { size }: { readonly size?: FrameSize } = {}) => {
    const frames = await renderer.readFrames(id, indices);
    return size ? resizeFrames(frames, size) : frames;
  };
  const clip = renderer.clips.find((candidate) => candidate.id === id);
  if (!clip) throw new DataError(`drawnDive: expected a dive of FineDiving's labels, got ${id}.`);
  return {
    name: id,
    frameCount: clip.frameCount,
    durationSeconds: clip.frameCount / frameRate,
    framesPerSecond: frameRate,
    width: renderer.renderer.width,
    height,
    codec: 'drawn',
    timestamps: Float64Array.from({ length: clip.frameCount }, (_, frame) => frame / frameRate),
    notes: [],
    readFrames,
    async *streamFrames(indices, options) {
      for (const index of indices) yield readFrames([index], options);
    },
    close: () => {},
  };
}

/** `... seed 0, 228x128)` in what the weights were trained on: 128, so that dives are drawn at the size that the weights know. */
export function drawnHeight(trainedOn: string): number {
  const height = Number(/\b\d+x(\d+)\b/.exec(trainedOn)?.[1]);
  return height >= 16 ? height : nativeHeight;
}
