import type { ClipSource, SplitKind } from '@mcore/clips';
import type { Calibration, Checkpoint, ExemplarBank, LossFunction, MCoReConfig, PresetName } from '@mcore/model';
import type { AugmentationKind } from '../augmentation/wide.js';
import type { StepRecord } from '../optimizer/trainer.js';
import type { ComputeOptions, WeightsInput } from '../platform/platform.js';
import type { PredictedClip } from '../predictions/predict-clips.js';
import type { ResumeMode } from '../run/run-settings.js';
import type { RunStore } from '../run/run-store.js';
import type { FitEvent, MetricFunction, ValidationRecord } from './fit-events.js';
import type { DeepPartial } from './merge-config.js';

/** Options of {@link fit}. */
export interface FitOptions extends ComputeOptions {
  /**
   * The clips: any source of them; in Node.js also a manifest of videos (.csv, .json), a folder of MTL-AQA or in FineDiving's layout, or
   * `'rendered'`.
   */
  data: ClipSource | string;
  /** Configuration to start from: that of `init` or, without it, `laptop`. */
  preset?: PresetName;
  /** Fields to change in it. */
  config?: DeepPartial<MCoReConfig>;
  /** Of weights, order, exemplars, augmentation and dropout; 0 unless given. */
  seed?: number;
  /** Optimization steps in all; unless given, those of `config.optimiser.epochs` passes over the training clips. */
  steps?: number;
  /** Which clips are test clips: as those of `init` were chosen, else the data's own. */
  split?: SplitKind;
  /** Of the draw of validation clips and held-out events: that of `init`, else `seed`. */
  splitSeed?: number | string;
  /** Train on a seeded random part of this many clips. */
  trainClips?: number;
  /** Validate on a seeded random part of this many clips. */
  validationClips?: number;
  /**
   * Which weights are kept: those that are `best` on validation, unless given, or the `last`. Then no clip is held back from training, and no
   * interval is calibrated.
   */
  choose?: 'best' | 'last';
  /** Weights to start from instead of random ones. */
  init?: WeightsInput;
  /** Validate on clips that trained the weights of `init` all the same. */
  allowSeenClips?: boolean;
  /** Where checkpoints, bank and log are kept: in Node.js a folder. In memory unless given. */
  out?: string | RunStore;
  /** What to do if `out` has a run: resume it, the default, which needs the same settings, or remove it and start over. */
  resume?: ResumeMode;
  /**
   * How training clips are varied: `plain` (unless given) mirrors and crops; `wide` also varies half of them in time, camera, light and
   * texture.
   */
  augmentation?: AugmentationKind;
  /** Steps between checkpoints to resume from; 50 unless given. */
  checkpointEvery?: number;
  /** Steps between evaluations on validation; a tenth of all unless given. */
  validateEvery?: number;
  /** Steps between weights that are kept for good; unless given, no such weights are kept. */
  keepEvery?: number;
  /** Evaluations on validation without a better one after which training ends early; never unless given. */
  patience?: number;
  /**
   * Another training loss, computed of the parts of eq. 12 and of what the model computed of a pair; only with 0 workers. Runs with and
   * without one are not resumed by each other.
   */
  loss?: LossFunction;
  /** Further metrics of predicted and judged scores, by name: measured at every evaluation on validation and logged. */
  metrics?: Readonly<Record<string, MetricFunction>>;
  /** Called with all that happens, in order; what other loggers hang on to. */
  onEvent?: (event: FitEvent) => void;
}

/** What {@link fit} made. */
export interface FitResult {
  /** The weights that were best on validation, with configuration, data and calibration. */
  weights: Checkpoint;
  /** Features of the training clips, to score against; exemplar-free weights have none. */
  bank?: ExemplarBank;
  /** Half the width of an interval around scores; absent where validation has too few clips to say. */
  calibration?: Calibration;
  /** The log: every step and every evaluation on validation, those before a resumption included. */
  history: { steps: StepRecord[]; validation: ValidationRecord[] };
  /** Steps done. */
  steps: number;
  /** Training ended before its last step, for `patience`. */
  stoppedEarly: boolean;
  /** Step and rank correlation on validation of the best weights. */
  bestStep: number;
  bestSrcc: number;
  /** Predictions of the validation clips that calibrated the intervals and did not choose the weights. */
  calibrationClips: PredictedClip[];
}
