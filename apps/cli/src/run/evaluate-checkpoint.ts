import type { Clip, ExemplarChoice } from '@mcore/clips';
import type { EngineName } from '@mcore/engines';
import { type Checkpoint, modelFromCheckpoint } from '@mcore/model';
import { type Evaluation, evaluate } from '@mcore/training';
import { createReplicas } from '../compute/replicas.js';
import type { PreparedClips } from '../data/prepared-clips.js';
import { startProgress } from '../terminal/progress.js';
import { exemplarChoice, type PredictedClip, predictClips } from './predict-clips.js';

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
  engine: EngineName;
  workers: number;
}

/** Predicts every clip and measures; shows a progress bar. */
export async function evaluateCheckpoint(
  options: CheckpointEvaluation,
): Promise<{ predicted: PredictedClip[]; evaluation: Evaluation; exemplars: ExemplarChoice }> {
  const { checkpoint, clips, train, prepared } = options;
  const model = modelFromCheckpoint(checkpoint);
  const replicas = await createReplicas(checkpoint, options);
  const exemplars = exemplarChoice(clips, { exemplars: options.exemplars, train, model });
  const total = clips.length + new Set([...exemplars.lists.values()].flatMap((list) => list.exemplars)).size;
  const progress = startProgress('Evaluating', total, 'clips with exemplars');
  try {
    const onProgress = (done: number) => progress.update(done);
    const predicted = await predictClips(clips, { model, replicas, prepared, train, exemplars, onProgress });
    return { predicted, evaluation: evaluate(predicted), exemplars };
  } finally {
    progress.stop();
    await Promise.all(replicas.map((replica) => replica.dispose()));
    model.dispose();
  }
}
