import { type FrameSize, resizeFrames } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { browserCanvas, nativeHeight, RenderedDives } from '@mcore/rendered-dives';
import type { Video } from '@mcore/video';
import { frameRate } from '../playback.js';

let dives: RenderedDives | undefined;

/**
 * A dive drawn from its label, as a video.
 *
 * @param height - Of the drawing, in pixels: what the weights know, so that dives are drawn as those that they were trained on.
 */
export function drawnDive(id: string, height = nativeHeight): Video {
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
