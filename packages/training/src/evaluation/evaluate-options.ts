import type { ClipSource, ExemplarChoice } from '@mcore/clips';
import type { SplitOptions } from '../clips/seen-clips.js';
import type { FitEvent } from '../fit/fit-events.js';
import type { ComputeOptions, WeightsInput } from '../platform/platform.js';
import type { PredictedClip } from '../predictions/predict-clips.js';
import type { EvaluationReport } from './evaluation-json.js';

/** What happens while `evaluate` works. */
export type EvaluateEvent =
  | Extract<FitEvent, { kind: 'note' | 'preparing' }>
  /** Clips, exemplars included, that the network has seen. */
  | { kind: 'evaluating'; done: number; total: number };

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends ComputeOptions, SplitOptions {
  weights: WeightsInput;
  /** The clips, as for `fit`; in Node.js, weights trained on rendered dives are tested on those unless given. */
  data?: ClipSource | string;
  /** Clips to evaluate; `test` unless given. */
  part?: 'test' | 'validation';
  /** A seeded random part of this many clips. */
  limit?: number;
  /** Fixed exemplars, or the seed of their draw; 0 unless given. */
  exemplars?: ExemplarChoice | number;
  /** Test on clips that trained or chose the weights all the same. */
  allowSeenClips?: boolean;
  onEvent?: (event: EvaluateEvent) => void;
}

/** What `mcore eval --json` prints, with the predictions it was measured on. */
export interface Evaluated extends EvaluationReport {
  predictions: PredictedClip[];
}
