/** One labelled dive, as every data set of this project describes it. */
export interface Clip {
  /** Unique within its source, such as `'01__10'`: competition and index of the dive, joined by two underscores. */
  readonly id: string;
  /** The event the dive was filmed at, such as `'01'` or `'FINADivingWorldCup2021_Men3m_final_r1'`. */
  readonly competition: string;
  /** Dive number with its position letter in lower case, such as `'407c'`. */
  readonly diveNumber: string;
  /** The judges' final score: execution points times difficulty. */
  readonly score: number;
  /** Degree of difficulty, 1.2 .. 4.8 or so. */
  readonly difficulty: number;
  /** Native frames the clip has; indices run 0 .. frameCount - 1. */
  readonly frameCount: number;
  /** Native index of the first frame of stage 2 and of stage 3, ascending; equal where the middle stage is empty. */
  readonly transitions: readonly number[];
  /** The part of the official split it belongs to. */
  readonly split: 'train' | 'test';
  /** Number of its first frame in the video it was cut from, where that is known; `sampleIndices` takes it. */
  readonly start?: number;
}

/** Some decoded frames of one size. */
export interface Frames {
  /** RGB, 8 bit, `[count, height, width, 3]` in that order without gaps. */
  readonly data: Uint8Array;
  readonly count: number;
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
}

/** Anything that has labelled clips and can decode their frames: a data set on disk, rendered dives, a test's handful. */
export interface ClipSource {
  readonly clips: readonly Clip[];
  /** What these clips are, such as `'rendered dives'`; every report prints it. */
  readonly description: string;
  /**
   * Decodes some frames of one clip.
   *
   * @param id - {@link Clip.id}.
   * @param indices - Native frame indices, in any order, repeats allowed; the result has them in this order.
   */
  readFrames(id: string, indices: readonly number[]): Promise<Frames>;
}
