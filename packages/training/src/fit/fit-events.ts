import type { Calibration } from '@mcore/model';
import type { StepRecord } from '../optimizer/trainer.js';

/** What an evaluation on validation found. */
export interface ValidationRecord {
  step: number;
  /** Rank correlation with the judges; NaN where predictions or scores are all equal. */
  srcc: number;
  /** Best so far, this one included. */
  best: number;
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
  | ({ kind: 'validation' } & ValidationRecord)
  /** The state to resume from was kept. */
  | { kind: 'checkpoint'; step: number }
  /** Training has ended: the interval of scores, where there were enough clips to calibrate it. */
  | { kind: 'calibrated'; calibration?: Calibration };
