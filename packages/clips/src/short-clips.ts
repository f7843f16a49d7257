import { ArgumentError } from '@mcore/errors';
import { assertFrames } from './frames.js';
import { sampleIndices } from './sample-indices.js';
import type { Frames } from './types.js';

/** The frames that stand for a clip, and how many made-up ones follow them. */
export interface ClipSample {
  /** Native indices to decode, ascending. */
  readonly indices: number[];
  /** Frames to append with {@link padFrames}; 0 unless the clip is short and `short` is `'pad'`. */
  readonly padding: number;
}

/**
 * Samples a clip that may have fewer frames than the network takes.
 *
 * Both presets use `'repeat'`. The released code always samples 96 indices, so the 489 FineDiving clips with fewer than 96
 * frames repeat some of theirs; its zero padding exists only inside the backbone, for tensors with fewer frames than the
 * network was built for, and never happens there. `'pad'` is the other reading of "clips under 96 frames are zero-padded":
 * every frame once, then empty ones.
 *
 * @param frameCount - Frames of the clip, at least 1.
 * @param count - Frames the network takes, at least 1.
 * @param options - `short`: what to do with fewer than `count` frames; `start`: as in {@link sampleIndices}.
 * @throws {@link ArgumentError} as {@link sampleIndices}.
 */
export function sampleClip(
  frameCount: number,
  count: number,
  options: { readonly short?: 'repeat' | 'pad'; readonly start?: number } = {},
): ClipSample {
  const { short = 'repeat', start = 0 } = options;
  const kept = short === 'pad' ? Math.min(frameCount, count) : count;
  return { indices: sampleIndices(frameCount, kept, start), padding: count - kept };
}

/** ImageNet's mean colour (0.485, 0.456, 0.406) in 8 bits: what becomes 0, to within 0.009, after normalisation. */
export const emptyColor: readonly [red: number, green: number, blue: number] = [124, 116, 104];

/**
 * Appends frames of one colour until there are `count`.
 *
 * The released code pads after normalisation, with zeros; {@link emptyColor} is the nearest that 8 bits can say. A backbone
 * that pads normalised tensors itself does it exactly.
 *
 * @param frames - `[n, height, width, 3]` with n at most `count`; not changed.
 * @returns `[count, height, width, 3]`; `frames` itself if it has as many.
 * @throws {@link ShapeError} if the frames do not have the bytes they say; {@link ArgumentError} if there are too many.
 */
export function padFrames(frames: Frames, count: number, color: readonly number[] = emptyColor): Frames {
  assertFrames('padFrames', frames);
  if (!Number.isSafeInteger(count) || count < frames.count) {
    throw new ArgumentError(`padFrames: count must be a whole number of at least ${frames.count}, got ${count}.`);
  }
  if (count === frames.count) return frames;
  const data = new Uint8Array(count * frames.height * frames.width * 3);
  data.set(frames.data);
  for (let byte = frames.data.length; byte < data.length; byte++) data[byte] = color[byte % 3]!;
  return { ...frames, data, count };
}
