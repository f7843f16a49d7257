import type { ClipSplit } from '@mcore/clips';
import type { Checkpoint, MCoReConfig, TrainingData } from '@mcore/model';
import type { FrameReading } from '@mcore/rendered-dives';
import type { AugmentationKind } from '../augmentation/wide.js';
import type { ReadingLosses } from '../compute/frame-reader.js';
import type { ReaderFactory } from '../compute/reader.js';
import type { FitEvent } from '../fit/fit-events.js';
import type { StepRecord } from '../optimizer/trainer.js';
import type { RunStore } from '../run/run-store.js';
import type { Rendering } from './windows.js';

/** What of a pretraining decides its numbers; a run is only resumed under the same. */
export interface PretrainingSettings {
  totalSteps: number;
  /** Windows a step. */
  batchSize: number;
  /** Frames a window; those of a clip where the segmenter is taught. */
  windowFrames: number;
  /** How windows are varied. `wide` takes whole clips and teaches the segmenter too. */
  augmentation: AugmentationKind;
  learningRate: number;
  seed: number;
}

/** Everything a pretraining is made of. */
export interface PretrainingRun extends PretrainingSettings {
  config: MCoReConfig;
  /** The clips as drawn with one seed or more; validation takes the first. */
  renderings: readonly [Rendering, ...Rendering[]];
  splits: ClipSplit;
  /** How the splits were made. */
  split: TrainingData['split'];
  /** Where checkpoint and log are kept; a run whose checkpoint is there is resumed. */
  store: RunStore;
  createReaders: ReaderFactory;
  checkpointEvery: number;
  validateEvery: number;
  /** Weights to start from instead of random ones. */
  initial?: Checkpoint;
  signal?: AbortSignal;
  onEvent?: (event: PretrainEvent) => void;
}

/** What happens while a backbone is taught. */
export type PretrainEvent =
  | Extract<FitEvent, { kind: 'note' | 'split' | 'preparing' | 'start' | 'checkpoint' }>
  | ({ kind: 'step' } & StepRecord<ReadingLosses>)
  | ({ kind: 'validation' } & ReadingRecord);

/** How well frames of validation clips are read. */
export interface ReadingRecord {
  step: number;
  /** Pearson correlation over the frames in which a value can be seen; null where all are alike. */
  readings: Partial<Record<FrameReading, number | null>>;
}
