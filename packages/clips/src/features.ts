import type { Clip } from './types.js';

/** Features or poses of one clip. */
export interface FeatureSequence {
  /** Row-major, `[steps, channels]`, finite. */
  readonly data: Float32Array;
  /** Rows: frames, or windows of frames; at least 1. */
  readonly steps: number;
  /** Numbers of a row. */
  readonly channels: number;
}

/** A clip of which features are known instead of frames; `frameCount` and `transitions` count its steps. */
export interface FeatureClip extends Clip {
  /** What is predicted, by name: one score, or several such as execution and difficulty. `score` is made of them. */
  readonly targets: Readonly<Record<string, number>>;
  /** Whether the clip was done correctly, where the data says so. */
  readonly passed?: boolean;
  /** What every judge awarded, in the order of the panel. */
  readonly awards?: readonly number[];
  /** Who or what it belongs to, by the name of the column: folds keep the clips of one value together. */
  readonly groups: Readonly<Record<string, string>>;
}

/** Labelled clips with features of the same channels. */
export interface FeatureSource {
  readonly clips: readonly FeatureClip[];
  /** Channels of every clip. */
  readonly channels: number;
  /** Names of the targets, the same for all clips. */
  readonly targets: readonly string[];
  /** What these clips are; every report prints it. */
  readonly description: string;
  /** As for frames: `'equal parts'` where nobody labelled transitions. */
  readonly transitionsFrom?: 'labels' | 'equal parts';
  /** Changes when the features of a clip may have. */
  readonly fingerprint?: string;
  /**
   * Reads all steps of a clip.
   *
   * @param id - Of the clip.
   * @returns Its features; not to be changed.
   */
  readFeatures(id: string): Promise<FeatureSequence>;
}
