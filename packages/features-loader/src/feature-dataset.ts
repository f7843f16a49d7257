import type { FeatureClip, FeatureSequence, FeatureSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';

/** A clip that can't be used, and why. */
export interface FeatureProblem {
  /** The clip's id. */
  readonly clip: string;
  /** Where it is in the manifest. */
  readonly place: string;
  /** Names the manifest, the line and the file. */
  readonly problem: string;
}

/** Clips of which features or poses are known; made by `openFeatures`. */
export class FeatureDataset implements FeatureSource {
  readonly clips: readonly FeatureClip[];
  readonly channels: number;
  readonly targets: readonly string[];
  /** Names of the groups that folds can be made of. */
  readonly groups: readonly string[];
  readonly description: string;
  readonly transitionsFrom: 'labels' | 'equal parts';
  readonly fingerprint: string;
  /** Clips that were left out. */
  readonly problems: readonly FeatureProblem[];
  /** What else should be known: columns that aren't used, what stands in for labels that are missing. */
  readonly notes: readonly string[];
  readonly #features: ReadonlyMap<string, FeatureSequence | readonly string[]>;
  readonly #read: (paths: readonly string[]) => Promise<FeatureSequence>;

  /** @internal */
  constructor(
    parts: Omit<FeatureDataset, 'readFeatures'>,
    features: ReadonlyMap<string, FeatureSequence | readonly string[]>,
    read: (paths: readonly string[]) => Promise<FeatureSequence>,
  ) {
    this.clips = parts.clips;
    this.channels = parts.channels;
    this.targets = parts.targets;
    this.groups = parts.groups;
    this.description = parts.description;
    this.transitionsFrom = parts.transitionsFrom;
    this.fingerprint = parts.fingerprint;
    this.problems = parts.problems;
    this.notes = parts.notes;
    this.#features = features;
    this.#read = read;
  }

  /**
   * All steps of a clip, from memory or, where that was full, from its files.
   *
   * @param id - Of the clip.
   * @returns Its features; not to be changed.
   * @throws ArgumentError if there is no such clip; DataError if its files have become unreadable.
   */
  async readFeatures(id: string): Promise<FeatureSequence> {
    const found = this.#features.get(id);
    if (found === undefined) {
      throw new ArgumentError(`FeatureDataset: expected the id of one of its ${this.#features.size} clips, got ${id}.`);
    }
    return 'data' in found ? found : this.#read(found);
  }
}
