import type { Clip, ExemplarChoice } from '@mcore/clips';
import { type Checkpoint, modelFromCheckpoint } from '@mcore/model';
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
 * Predicts every clip and measures, for several draws of exemplars whose seeds follow one another.
 *
 * @param draws - More than one only where `exemplars` is a seed.
 */
export async function evaluateDraws(options: CheckpointEvaluation, draws = 1): Promise<EvaluatedDraw[]> {
  const { checkpoint, clips, train, prepared, exemplars, signal } = options;
  const model = modelFromCheckpoint(checkpoint);
  const replicas = await options.createReplicas(checkpoint);
  const choices = Array.from({ length: draws }, (_, draw) =>
    exemplarChoice(clips, { exemplars: typeof exemplars === 'number' ? exemplars + draw : exemplars, train, model }),
  );
  const used = new Set(choices.flatMap(({ lists }) => [...lists.values()].flatMap((list) => list.exemplars)));
  const total = clips.length + used.size;
  try {
    const onProgress = (done: number) => {
      signal?.throwIfAborted();
      options.onProgress?.(done, total);
    };
    const predicted = await predictDraws(clips, { model, replicas, prepared, train, onProgress }, choices);
    return predicted.map((ofDraw, draw) => ({
      predicted: ofDraw,
      evaluation: evaluatePredictions(ofDraw),
      exemplars: choices[draw]!,
    }));
  } finally {
    await Promise.all(replicas.map((replica) => replica.dispose()));
    model.dispose();
  }
}
