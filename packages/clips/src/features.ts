import type { Clip } from './types.js';

/** Features or poses of one clip. */
export interface FeatureSequence {
  /** Row-major, `[steps, channels]`, finite. */
  readonly data: Float32Array;
  /** Rows: frames, or windows of frames; at least 1. */
  readonly steps: number;
  /** Numbers per row. */
  readonly channels: number;
}

/** A clip with features instead of frames; `frameCount` and `transitions` count its steps. */
export interface FeatureClip extends Clip {
  /** The targets by name: one score, or several such as execution and difficulty. `score` is computed from them. */
  readonly targets: Readonly<Record<string, number>>;
  /** Whether the action was performed correctly, if the data set labels it. */
  readonly passed?: boolean;
  /** The award of every judge, in the order of the panel. */
  readonly awards?: readonly number[];
  /** Groups of the clip, by column name. Folds keep clips with the same value together. */
  readonly groups: Readonly<Record<string, string>>;
}

/** Labelled clips with features of the same channels. */
export interface FeatureSource {
  readonly clips: readonly FeatureClip[];
  /** Channels of every clip. */
  readonly channels: number;
  /** Names of the targets, the same for all clips. */
  readonly targets: readonly string[];
  /** A description of these clips; every report prints it. */
  readonly description: string;
  /** As for frames: `'equal parts'` if transitions are not labelled. */
  readonly transitionsFrom?: 'labels' | 'equal parts';
  /** Changes whenever the features of a clip may have changed. */
  readonly fingerprint?: string;
  /**
   * Reads all steps of a clip.
   *
   * @param id - Id of the clip.
   * @returns Its features; do not modify them.
   */
  readFeatures(id: string): Promise<FeatureSequence>;
}
