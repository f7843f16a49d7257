import { type Clip, ExemplarPool } from '@mcore/clips';
import { type Checkpoint, type ExemplarBank, modelFromCheckpoint, weightsId } from '@mcore/model';
import { Random } from '@mcore/random';
import type { PreparedClips } from '../clips/prepared-clips.js';
import { buildBank, encodeClips } from '../compute/inference.js';
import type { ReplicaFactory } from '../compute/replica.js';

/** What {@link fillBank} works on. */
export interface BankClips {
  checkpoint: Checkpoint;
  /** Training clips. */
  train: readonly Clip[];
  prepared: PreparedClips;
  createReplicas: ReplicaFactory;
  onProgress?: (done: number) => void;
}

/** The exemplar bank of weights: the features of training clips. */
export async function fillBank({
  checkpoint,
  train,
  prepared,
  createReplicas,
  onProgress,
}: BankClips): Promise<ExemplarBank> {
  const { transform } = checkpoint.info.config.input;
  const replicas = await createReplicas(checkpoint);
  const model = modelFromCheckpoint(checkpoint);
  try {
    const trained = { clips: train, source: prepared.source };
    return await buildBank(trained, model.regressionShape, await weightsId(checkpoint.tensors), (clips) =>
      encodeClips(clips, prepared, transform, replicas, onProgress),
    );
  } finally {
    model.dispose();
    await Promise.all(replicas.map((replica) => replica.dispose()));
  }
}

/** A seeded draw of at most `limit` clips of each dive number, in their order. */
export function atMostPerDive(clips: readonly Clip[], limit: number, seed: number | string): readonly Clip[] {
  const pool = new ExemplarPool(clips);
  const kept = new Set(
    [...new Set(clips.map(({ diveNumber }) => diveNumber))].flatMap((diveNumber) =>
      Random.for(seed, 'bank', diveNumber)
        .sample(pool.withNumber(diveNumber), limit)
        .map(({ id }) => id),
    ),
  );
  return clips.filter(({ id }) => kept.has(id));
}
