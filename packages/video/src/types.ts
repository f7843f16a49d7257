import type { FrameSize, Frames } from '@mcore/clips';

/** Something to read frames from by their number: a video file, or a folder of images. */
export interface Video {
  /** What the caller opened, for messages: a path, a file's name. */
  readonly name: string;
  /** Frames that are shown; 1 or more. */
  readonly frameCount: number;
  /** From the first frame's beginning to the last one's end. */
  readonly durationSeconds: number;
  /** Mean over the video; its frames need not be evenly spaced, see `timestamps`. */
  readonly framesPerSecond: number;
  /** Width as shown, in pixels: after rotation, with square pixels. */
  readonly width: number;
  /** Height as shown, in pixels. */
  readonly height: number;
  /** `'avc'`, `'hevc'`, `'vp8'`, `'vp9'`, `'av1'`, `'prores'`; `'images'` for a folder. */
  readonly codec: string;
  /** When each frame is shown, in seconds from the first; ascending, as many as `frameCount`. */
  readonly timestamps: Float64Array;
  /** The file says that its pictures are rendered by `@mcore/rendered-dives`, not filmed; see `RENDERED_MARK` of `@mcore/clips`. */
  readonly rendered?: boolean;
  /** Sentences for a person about what may spoil the frames, such as a high dynamic range; usually none. */
  readonly notes: readonly string[];
  /**
   * Decodes some frames, in one pass from the first to the last of them, holding no more than a few undecoded ones at a time.
   *
   * @param indices - In 0 .. frameCount - 1, in any order, repeats allowed; a repeated frame is decoded once.
   * @returns The frames in that order, upright, `[indices.length, height, width, 3]`.
   * @throws DataError if one can't be decoded, in one line that says which and why.
   */
  readFrames(indices: readonly number[], options?: ReadFramesOptions): Promise<Frames>;
  /**
   * Decodes frames one after the other, in one pass and in bounded memory: for films that are longer than what fits a result of
   * {@link readFrames}.
   *
   * @param indices - In 0 .. frameCount - 1, ascending; repeats give the same frame again.
   * @returns The frames in that order, one at a time, `[1, height, width, 3]`.
   * @throws As {@link readFrames}.
   */
  streamFrames(indices: Iterable<number>, options?: ReadFramesOptions): AsyncGenerator<Frames, void, undefined>;
  /** Ends what is running and frees the file. Reading afterwards throws. */
  close(): void;
}

/** The size of the frames that {@link Video.readFrames} gives, and when to stop. */
export interface ReadFramesOptions {
  /** What frames are resized to as they come, as Pillow resizes (bilinear, antialiased); their own size unless given. */
  readonly size?: FrameSize;
  /**
   * Takes one of several pixels of frames that are more than twice as large as `size`, before they are resized: several times as fast for
   * films in high definition, and good enough to find something in them. Default false.
   */
  readonly coarse?: boolean;
  /** Ends the reading with this signal's reason. */
  readonly signal?: AbortSignal;
}

/** How a video is opened: its name in messages and how long to wait for it. */
export interface OpenVideoOptions {
  /** What messages call it; the file's name unless given. */
  readonly name?: string;
  /** How long opening, and each frame, may take before it counts as hanging; 30 unless given. */
  readonly timeoutSeconds?: number;
}

/** Bounds against files that would fill the memory. */
export const videoLimits = {
  /** More than nine hours at 30 frames a second. */
  frames: 1_000_000,
  /** Of one decoded frame: 8192 x 4320. */
  pixels: 8192 * 4320,
  /** Of one `readFrames` result: 96 frames of 1920 x 1080 are 597 MB. */
  resultBytes: 2 ** 31,
} as const;
