/** One labelled dive, in the form that every data set loader returns. */
export interface Clip {
  /** Unique within its source, such as `'01__10'`: competition and index of the dive, joined by two underscores. */
  readonly id: string;
  /** The event the dive was filmed at, such as `'01'` or `'FINADivingWorldCup2021_Men3m_final_r1'`. */
  readonly competition: string;
  /**
   * Dive number with its position letter in lower case, such as `'407c'`; for other actions, the name of the class. Exemplars have the same
   * number.
   */
  readonly diveNumber: string;
  /** The judges' final score: execution points times difficulty. */
  readonly score: number;
  /** Degree of difficulty, 1.2 .. 4.8 or so. */
  readonly difficulty: number;
  /** The judges' awards, if known: all seven, the three that count, or the five of a synchronised dive. */
  readonly awards?: readonly number[];
  /** Number of native frames; indices run 0 .. frameCount - 1. */
  readonly frameCount: number;
  /**
   * Native index of the first frame of stage 2, stage 3, ...; ascending, and equal if a stage is empty. Dives have two transitions; all
   * clips of a source have the same number.
   */
  readonly transitions: readonly number[];
  /** Its part of the official split. */
  readonly split: 'train' | 'test';
  /** Number of its first frame in the source video, if known; see `sampleIndices`. */
  readonly start?: number;
}

/** Decoded frames of one size. */
export interface Frames {
  /** RGB, 8 bit, `[count, height, width, 3]` in that order without gaps. */
  readonly data: Uint8Array;
  readonly count: number;
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
}

/** Options of {@link ClipSource.readFrames}. */
export interface ReadFramesOptions {
  /** The size that the caller will resize the frames to. */
  readonly size?: { readonly height: number; readonly width: number };
}

/** How clips were drawn that nobody filmed. */
export interface Rendering {
  readonly seed: number | string;
  /** Of the frames, in pixels. */
  readonly height: number;
  /** Version of the renderer; another one may draw other pixels. */
  readonly version: number;
}

/** Labelled clips whose frames can be decoded: a data set on disk, rendered dives, a few clips in a test. */
export interface ClipSource {
  readonly clips: readonly Clip[];
  /** A description of these clips, such as `'rendered dives'`; every report prints it. */
  readonly description: string;
  /**
   * What data set this is, such as `'rendered'`, `'finediving'`, `'mtl-aqa'` or `'manifest'`: clips of one kind with the same id are the
   * same clip. `'other'` unless given.
   */
  readonly kind?: string;
  /** Where the frames were drawn instead of filmed: how. */
  readonly rendering?: Rendering;
  /**
   * Source of the clips' transitions; default `'labels'`. `'equal parts'`: there are no labels, and every clip is cut into stages of equal
   * length. Segmentation metrics are then meaningless.
   */
  readonly transitionsFrom?: 'labels' | 'equal parts';
  /**
   * Changes when the frames of a clip may have: what is kept of its decoded frames belongs to this. Without it, nothing is kept.
   *
   * @param id - {@link Clip.id}.
   */
  frameKey?(id: string): Promise<string>;
  /**
   * Decodes some frames of one clip.
   *
   * @param id - {@link Clip.id}.
   * @param indices - Native frame indices, in any order, repeats allowed; the result has them in this order.
   * @param options - `size`: a size they will be resized to later. A source may already resize them to it, as Pillow does, to save memory.
   */
  readFrames(id: string, indices: readonly number[], options?: ReadFramesOptions): Promise<Frames>;
}
