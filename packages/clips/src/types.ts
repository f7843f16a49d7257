/** One labelled dive, as every data set of this project describes it. */
export interface Clip {
  /** Unique within its source, such as `'01__10'`: competition and index of the dive, joined by two underscores. */
  readonly id: string;
  /** The event the dive was filmed at, such as `'01'` or `'FINADivingWorldCup2021_Men3m_final_r1'`. */
  readonly competition: string;
  /**
   * Dive number with its position letter in lower case, such as `'407c'`; of other actions, the name of their class. Exemplars
   * are matched by it.
   */
  readonly diveNumber: string;
  /** The judges' final score: execution points times difficulty. */
  readonly score: number;
  /** Degree of difficulty, 1.2 .. 4.8 or so. */
  readonly difficulty: number;
  /** The judges' awards, where they are known: all seven, the three that count, or five of a synchronised dive. */
  readonly awards?: readonly number[];
  /** Native frames the clip has; indices run 0 .. frameCount - 1. */
  readonly frameCount: number;
  /**
   * Native index of the first frame of stage 2, stage 3, ...; ascending, equal where a stage is empty. Dives have two; all clips
   * of a source have the same number.
   */
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

/** What may be said when frames are read. */
export interface ReadFramesOptions {
  /** The size that the caller will resize the frames to. */
  readonly size?: { readonly height: number; readonly width: number };
}

/** Anything that has labelled clips and can decode their frames: a data set on disk, rendered dives, a test's handful. */
export interface ClipSource {
  readonly clips: readonly Clip[];
  /** What these clips are, such as `'rendered dives'`; every report prints it. */
  readonly description: string;
  /**
   * Where the clips' transitions are from: `'labels'` unless given; `'equal parts'` where nobody labelled any and every clip is cut into
   * stages of the same length instead. Figures of segmentation say nothing then.
   */
  readonly transitionsFrom?: 'labels' | 'equal parts';
  /** Changes when the frames of a clip may have; what is kept of decoded frames belongs to it. */
  readonly fingerprint?: string;
  /**
   * Decodes some frames of one clip.
   *
   * @param id - {@link Clip.id}.
   * @param indices - Native frame indices, in any order, repeats allowed; the result has them in this order.
   * @param options - `size`: a size they will be resized to anyway. A source may give them so, resized as Pillow does, to save
   *   memory; it needn't.
   */
  readFrames(id: string, indices: readonly number[], options?: ReadFramesOptions): Promise<Frames>;
}
