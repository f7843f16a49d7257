import type { Frames } from '@mcore/clips';
import type { Checkpoint } from '@mcore/model';
import type { FrameReaderOptions, ReadingLosses, WindowBatch } from './frame-reader.js';
import type { Learner } from './learner.js';

/** A copy of a backbone that is taught to read frames. */
export interface Reader extends Learner<WindowBatch, ReadingLosses> {
  /** Frames x targets of a clip. */
  read(frames: Frames): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Makes copies for pretraining, which predict this many values of every frame. */
export type ReaderFactory = (
  checkpoint: Pick<Checkpoint, 'info' | 'tensors'>,
  options: FrameReaderOptions,
) => Promise<Reader[]>;
