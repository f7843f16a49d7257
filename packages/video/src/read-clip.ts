import { type FrameSize, type Frames, sampleIndices } from '@mcore/clips';
import { framesBetween } from './frames-between.js';
import type { Video } from './types.js';

/** A part of a video, sampled as clips are. */
export interface VideoClip {
  readonly frames: Frames;
  /** Index in the video of every sampled frame. */
  readonly indices: readonly number[];
  /** When each of them is shown, in seconds from the video's first frame. */
  readonly seconds: readonly number[];
}

/** Which part of a video {@link readClip} samples, and how densely. */
export interface ReadClipOptions {
  /** Frames to sample; 96 unless given, as in the paper. */
  readonly count?: number;
  /** What to resize them to as they come; the video's own size unless given. */
  readonly size?: FrameSize;
  /** Where the dive begins, in seconds from the video's first frame; 0 unless given. */
  readonly fromSeconds?: number;
  /** Where it ends; the end of the video unless given. */
  readonly toSeconds?: number;
  readonly signal?: AbortSignal;
}

/**
 * Samples a video, or a part of it, evenly in time from its first to its last frame: each sample is the frame that is shown then. Where
 * frames are evenly spaced, as in most files, these are the indices of {@link sampleIndices}. Videos with fewer frames than `count` repeat
 * some of them, down to a single frame; the caller decides what is too short to judge.
 *
 * @throws ArgumentError if the part holds no frame; DataError as {@link Video.readFrames}.
 */
export async function readClip(video: Video, options: ReadClipOptions = {}): Promise<VideoClip> {
  const { count = 96, fromSeconds = 0, toSeconds = Number.POSITIVE_INFINITY, ...reading } = options;
  const [first, last] = framesBetween('readClip', video, fromSeconds, toSeconds);
  const indices = sampleTimes(video.timestamps.subarray(first, last + 1), count).map((index) => first + index);
  const { size, signal } = reading;
  const frames = await video.readFrames(indices, { ...(size && { size }), ...(signal && { signal }) });
  return { frames, indices, seconds: indices.map((index) => video.timestamps[index]!) };
}

/** Indices of the frames that are shown at `count` times, evenly from the first frame's to the last one's. */
function sampleTimes(times: Float64Array, count: number): number[] {
  const [start, last] = [times[0]!, times.length - 1];
  const spacing = (times[last]! - start) / last;
  // containers round times, so frames of a constant rate are a little off theirs
  const isEven = times.every((time, index) => Math.abs(time - start - index * spacing) < spacing / 2);
  if (isEven || last === 0) return sampleIndices(times.length, count);
  const step = count > 1 ? (times[last]! - start) / (count - 1) : 0;
  let index = 0;
  return Array.from({ length: count }, (_, at) => {
    while (index < last && times[index + 1]! <= start + at * step + 1e-6) index++;
    return index;
  });
}
