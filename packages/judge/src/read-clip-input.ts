import type { Frames } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import type { InputConfig } from '@mcore/model';
import { readClip, type Video } from '@mcore/video';
import type { ClipOrigin } from './clip-score.js';
import type { OpenOptions, Platform } from './platform.js';

/**
 * What can be scored: a path (in Node) or URL of a video file, a File or Blob, in Node the path of a folder of images, a `Video` of
 * `@mcore/video`, or frames that are sampled and resized already, as `model.config.input` says.
 */
export type VideoInput = string | URL | Blob | Video | Frames;

/** Which part of a video is read, and what it is called. */
export interface ClipOptions extends OpenOptions, ClipOrigin {
  /** Where the action begins, in seconds from the first frame; 0 unless given. */
  readonly start?: number;
  /** Where it ends; the end of the video unless given. */
  readonly end?: number;
}

/** Sampled frames, resized but not yet cropped, with where they come from. */
export interface SampledClip {
  frames: Frames;
  name: string;
  frameCount: number;
  durationSeconds: number;
  /** Number in the video of every sampled frame. */
  indices: readonly number[];
  /** When each of them is shown, in seconds from the video's first frame. */
  seconds: readonly number[];
  /** It is known to be rendered, not filmed. */
  rendered: boolean;
  /** What may spoil the frames. */
  notes: readonly string[];
}

/** Of frames without times, as of a folder of images. */
const FRAMES_PER_SECOND = 25;

/**
 * Reads the frames that the model takes.
 *
 * @throws DataError as `openVideo` and `readFrames` of `@mcore/video`; ArgumentError if the part holds no frame.
 */
export async function readClipInput(
  platform: Platform,
  input: VideoInput,
  { frames: count, transform }: InputConfig,
  options: ClipOptions,
): Promise<SampledClip> {
  const { start, end, signal } = options;
  if (isFrames(input)) return clipOfFrames(input, options);
  const isOpen = isVideo(input);
  const video = isOpen ? input : await platform.openVideo(input, options);
  try {
    const clip = await readClip(video, {
      count,
      size: transform.resize,
      ...(start !== undefined && { fromSeconds: start }),
      ...(end !== undefined && { toSeconds: end }),
      ...(signal && { signal }),
    });
    const { frameCount, durationSeconds, notes, rendered = false } = video;
    const name = options.name ?? video.name;
    return { ...clip, name, frameCount, durationSeconds, rendered: options.rendered ?? rendered, notes };
  } finally {
    if (!isOpen) video.close();
  }
}

function clipOfFrames(frames: Frames, options: ClipOptions): SampledClip {
  const { name = 'frames', framesPerSecond = FRAMES_PER_SECOND, start, end, rendered = false } = options;
  if (start !== undefined || end !== undefined) {
    throw new ArgumentError(
      'judge.score: expected a video with start and end, got frames, which are sampled already. Sample the part that you want.',
    );
  }
  const indices = Array.from({ length: frames.count }, (_, index) => index);
  return {
    frames,
    name,
    frameCount: frames.count,
    durationSeconds: frames.count / framesPerSecond,
    indices,
    seconds: indices.map((index) => index / framesPerSecond),
    rendered,
    notes: [],
  };
}

/** Whether something is an open video. */
export function isVideo(input: VideoInput): input is Video {
  return typeof input === 'object' && 'readFrames' in input;
}

function isFrames(input: VideoInput): input is Frames {
  return typeof input === 'object' && 'data' in input && 'count' in input;
}
