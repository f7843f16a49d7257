import { type FrameSize, type Frames, sampleIndices } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
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
 * Samples a video, or a part of it, evenly from its first to its last frame. Videos with fewer frames than expected repeat
 * some of them, down to a single frame: what is too short to judge is for the caller to say.
 *
 * @throws ArgumentError if the part holds no frame; DataError as {@link Video.readFrames}.
 */
export async function readClip(video: Video, options: ReadClipOptions = {}): Promise<VideoClip> {
  const { count = 96, fromSeconds = 0, toSeconds = Number.POSITIVE_INFINITY, ...reading } = options;
  const first = video.timestamps.findIndex((second) => second >= fromSeconds - 1e-6);
  const last = video.timestamps.findLastIndex((second) => second <= toSeconds + 1e-6);
  if (first < 0 || last < first) {
    throw new ArgumentError(
      `readClip: expected a part of ${video.name} with frames in it, 0 .. ${video.durationSeconds.toFixed(2)} s, got ` +
        `${fromSeconds} .. ${toSeconds} s.`,
    );
  }
  const indices = sampleIndices(last - first + 1, count).map((index) => first + index);
  const { size, signal } = reading;
  const frames = await video.readFrames(indices, { ...(size && { size }), ...(signal && { signal }) });
  return { frames, indices, seconds: indices.map((index) => video.timestamps[index]!) };
}
