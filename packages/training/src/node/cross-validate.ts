import { type ClipSource, clipFolds, partOfSource } from '@mcore/clips';
import type { Checkpoint } from '@mcore/model';
import type { ReplicaFactory } from '../compute/replica.js';
import { predictCheckpoint } from '../evaluation/evaluate-checkpoint.js';
import { trainingNeeds } from '../fit/training-needs.js';
import type { PredictedClip } from '../predictions/predict-clips.js';
import { openPreparedClips, type PreparedOptions } from './prepared-clip-files.js';

/** How clips are cross-validated. */
export interface CrossValidation {
  source: ClipSource;
  folds: number | 'leave-one-out';
  /** Of the folds, and of the draw of exemplars. */
  seed: number;
  /** Trains on a fold's training clips, which alone have the split `train`. */
  train(source: ClipSource, fold: { number: number; of: number; keepsLast: boolean }): Promise<Checkpoint>;
  prepared: PreparedOptions;
  createReplicas: ReplicaFactory;
  signal?: AbortSignal;
}

/**
 * Trains once for every fold and predicts the clips that it held out, for clips that are too few for one split.
 *
 * @returns Every clip once, predicted by weights that never saw it. Where a fold has too few clips for validation, `keepsLast` asks all
 *   trainings for their last weights.
 */
export async function crossValidateClips(
  options: CrossValidation,
): Promise<{ folds: number; keepsLast: boolean; predicted: PredictedClip[] }> {
  const { source, seed, signal, createReplicas } = options;
  const folds = clipFolds(source.clips, options.folds, seed);
  const parts = folds.map(({ clips }) => ({ ...partOfSource(source, clips), notes: [] }));
  const keepsLast = parts.some((part) => trainingNeeds(part).needs.some((need) => need.includes('for validation')));
  const predicted: PredictedClip[] = [];
  for (const [index, part] of parts.entries()) {
    const checkpoint = await options.train(part, { number: index + 1, of: parts.length, keepsLast });
    const prepared = await openPreparedClips(part, checkpoint.info.config.input, options.prepared);
    const [test, train] = (['test', 'train'] as const).map((name) => part.clips.filter(({ split }) => split === name));
    try {
      const setup = { checkpoint, prepared, exemplars: seed, createReplicas, ...(signal && { signal }) };
      const [draw] = await predictCheckpoint({ ...setup, clips: test!, train: train! });
      predicted.push(...draw!.predicted);
    } finally {
      await prepared.close();
    }
  }
  return { folds: parts.length, keepsLast, predicted };
}
