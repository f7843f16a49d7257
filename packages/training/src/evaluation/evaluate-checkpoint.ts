import type { Clip, ExemplarChoice } from '@mcore/clips';
import { type Checkpoint, type Exemplar, modelFromCheckpoint } from '@mcore/model';
import type { PreparedClips } from '../clips/prepared-clips.js';
import type { ReplicaFactory } from '../compute/replica.js';
import { type Evaluation, evaluatePredictions } from '../predictions/evaluate-predictions.js';
import { exemplarChoice, type PredictedClip, predictDraws } from '../predictions/predict-clips.js';

/** What to evaluate, and on what. */
export interface CheckpointEvaluation {
  checkpoint: Checkpoint;
  /** Clips to predict; none of them may be a training clip. */
  clips: readonly Clip[];
  /** Clips the checkpoint was trained on: exemplars and label-only baselines come from them. */
  train: readonly Clip[];
  prepared: PreparedClips;
  /** Fixes the exemplars: saved lists, or the seed of a draw. */
  exemplars: ExemplarChoice | number;
  /** Exemplars whose features are there already, by id; see `presentExemplars`. */
  known?: ReadonlyMap<string, Exemplar>;
  createReplicas: ReplicaFactory;
  signal?: AbortSignal;
  /** Called with the number of clips done and to do, exemplars included. */
  onProgress?: (done: number, total: number) => void;
}

/** What one draw of exemplars gave. */
export interface EvaluatedDraw {
  predicted: PredictedClip[];
  evaluation: Evaluation;
  exemplars: ExemplarChoice;
}

/**
 * Predicts every clip and measures: {@link predictCheckpoint} with an evaluation of every draw.
 *
 * @param draws - More than one only where `exemplars` is a seed.
 */
export async function evaluateDraws(options: CheckpointEvaluation, draws = 1): Promise<EvaluatedDraw[]> {
  const predicted = await predictCheckpoint(options, draws);
  return predicted.map((draw) => ({ ...draw, evaluation: evaluatePredictions(draw.predicted) }));
}

/**
 * Predicts every clip, for several draws of exemplars whose seeds follow one another.
 *
 * @param draws - More than one only where `exemplars` is a seed.
 */
export async function predictCheckpoint(
  options: CheckpointEvaluation,
  draws = 1,
): Promise<Omit<EvaluatedDraw, 'evaluation'>[]> {
  const { checkpoint, clips, train, prepared, exemplars, signal, known } = options;
  const model = modelFromCheckpoint(checkpoint);
  const replicas = await options.createReplicas(checkpoint);
  const choices = Array.from({ length: draws }, (_, draw) =>
    exemplarChoice(clips, { exemplars: typeof exemplars === 'number' ? exemplars + draw : exemplars, train, model }),
  );
  try {
    const onProgress = (done: number, total: number) => {
      signal?.throwIfAborted();
      options.onProgress?.(done, total);
    };
    const setup = { model, replicas, prepared, train, onProgress, ...(known && { known }) };
    const predicted = await predictDraws(clips, setup, choices);
    return predicted.map((ofDraw, draw) => ({ predicted: ofDraw, exemplars: choices[draw]! }));
  } finally {
    await Promise.all(replicas.map((replica) => replica.dispose()));
    model.dispose();
  }
}
