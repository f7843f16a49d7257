import type { ClipSplit } from '@mcore/clips';
import type { Checkpoint, LossFunction, MCoReConfig, TrainingData } from '@mcore/model';
import type { AugmentationKind } from '../augmentation/wide.js';
import type { PreparedClips } from '../clips/prepared-clips.js';
import type { ReplicaFactory } from '../compute/replica.js';
import type { RunStore } from '../run/run-store.js';
import type { FitEvent, MetricFunction } from './fit-events.js';

/** Everything a training run is made of; {@link fit} makes one out of its options. */
export interface FitRun {
  config: MCoReConfig;
  prepared: PreparedClips;
  /** How training clips are varied. */
  augmentation?: AugmentationKind;
  /**
   * For `wide` augmentation: the clips of `prepared` and `variants` with more frames each. A training clip is taken from one of them, always
   * the same.
   */
  dense?: readonly PreparedClips[];
  /** The same clips rendered with other seeds: each training clip is taken from any of these or `prepared`. */
  variants?: readonly PreparedClips[];
  splits: ClipSplit;
  /** How the splits were made. */
  split: TrainingData['split'];
  /** Where checkpoints, bank and log are kept; a run whose last checkpoint is there is resumed. */
  store: RunStore;
  seed: number;
  totalSteps: number;
  createReplicas: ReplicaFactory;
  /** Another loss, see `FitOptions.loss`. */
  loss?: LossFunction;
  /** Further metrics of validation by name. */
  metrics?: Readonly<Record<string, MetricFunction>>;
  /** Steps between checkpoints to resume from. */
  checkpointEvery: number;
  /** Steps between evaluations on validation. */
  validateEvery: number;
  /** Steps between weights that are kept for good; if omitted, no such weights are kept. */
  keepEvery?: number;
  /** Evaluations on validation without a better one after which training ends early; never where it is left out. */
  patience?: number;
  /** Only the best weights are needed, as for a row of the benchmark: no intervals are calibrated and no bank is filled. */
  weightsOnly?: boolean;
  /** Keeps the last weights instead of the best; there are no validation clips then. */
  keepsLast?: boolean;
  /** Weights to start from instead of random ones; their normalization statistics are kept. */
  initial?: Checkpoint;
  signal?: AbortSignal;
  onEvent?: (event: FitEvent) => void;
}
