import { ArgumentError } from '@mcore/errors';
import { framesBetween } from './frames-between.js';
import type { Video } from './types.js';

/**
 * A part of a video as a video of its own: its frames count from 0, its times from its first frame. Closing it closes the whole video.
 *
 * @param span - In seconds from the video's first frame; frames shown from `start` to `end`, both included.
 * @returns The video itself where the part is all of it.
 * @throws {@link ArgumentError} if the part holds no frame.
 */
export function partOfVideo(
  video: Video,
  { start = 0, end = Number.POSITIVE_INFINITY }: { readonly start?: number; readonly end?: number },
): Video {
  const [first, last] = framesBetween('partOfVideo', video, start, end);
  if (first === 0 && last === video.frameCount - 1) return video;
  const begin = video.timestamps[first]!;
  const until = video.timestamps[last + 1] ?? video.durationSeconds;
  const frameCount = last - first + 1;
  const inWhole = (index: number) => {
    if (Number.isSafeInteger(index) && index >= 0 && index < frameCount) return first + index;
    throw new ArgumentError(`readFrames: indices must be whole numbers in 0 .. ${frameCount - 1}, got ${index}.`);
  };
  return {
    name: video.name,
    frameCount,
    durationSeconds: until - begin,
    framesPerSecond: frameCount / (until - begin),
    width: video.width,
    height: video.height,
    codec: video.codec,
    timestamps: video.timestamps.slice(first, last + 1).map((second) => second - begin),
    ...(video.rendered !== undefined && { rendered: video.rendered }),
    notes: video.notes,
    readFrames: async (indices, options) => video.readFrames(indices.map(inWhole), options),
    streamFrames: (indices, options) => video.streamFrames(mapped(indices, inWhole), options),
    close: () => video.close(),
  };
}

function* mapped(indices: Iterable<number>, map: (index: number) => number): Generator<number, void, undefined> {
  for (const index of indices) yield map(index);
}
