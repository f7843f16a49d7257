import type { Calibration } from '@mcore/model';
import type { StepRecord } from '../optimizer/trainer.js';

/** A metric of predicted scores and the judges' scores of the same clips. */
export type MetricFunction = (predicted: readonly number[], actual: readonly number[]) => number;

/** What an evaluation on validation found, on the clips that choose the best weights; NaN where it is not defined. */
export interface ValidationRecord {
  step: number;
  /** Rank correlation with the judges; NaN where predictions or scores are all equal. */
  srcc: number;
  /** Best so far, this one included. */
  best: number;
  /** Relative L2 distance x 100. */
  rl2x100: number;
  /** In points. */
  meanAbsoluteError: number;
  /** In percent of clips; NaN without an interval between labelled transitions. */
  aiou50: number;
  aiou75: number;
  /** Mean squared error of relative scores over the exemplars' votes, in units of the configuration's `scoreScale`, one direction. */
  regression: number;
  /** Segmentation loss, in the form of the configuration, without dropout; NaN without labelled transitions. */
  segmentation: number;
  /** Of `FitOptions.metrics`, by name. */
  metrics?: Record<string, number>;
}

/** What happens while `fit` works, in the order it happens. */
export type FitEvent =
  /** Something a person should know. */
  | { kind: 'note'; text: string }
  /** How the clips were divided. */
  | { kind: 'split'; source: string; description: string; train: number; validation: number; test: number }
  /** Clips are sampled and resized, or read where that was done before. */
  | { kind: 'preparing'; done: number; total: number }
  /** Training begins at a step; above 0 where a run is resumed. */
  | { kind: 'start'; step: number; totalSteps: number }
  | ({ kind: 'step' } & StepRecord)
  /** `seconds`: how long it took. */
  | ({ kind: 'validation'; seconds: number } & ValidationRecord)
  /** The state to resume from was kept. */
  | { kind: 'checkpoint'; step: number }
  /** Training has ended: the interval of scores, where there were enough clips to calibrate it. */
  | { kind: 'calibrated'; calibration?: Calibration };
