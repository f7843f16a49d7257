import { type Clip, type Frames, type FrameTransform, transformFrames } from '@mcore/clips';
import { type ClipDescription, type Exemplar, ExemplarBank, type StageShape } from '@mcore/model';
import type { PreparedClips } from './data/prepared-clips.js';
import type { Replica } from './replica.js';

/** The frames the model sees of a prepared clip when it is not being trained. */
export function centreFrames(prepared: Frames, transform: FrameTransform): Frames {
  return transformFrames(prepared, transform, 'center');
}

/**
 * Describes many clips, spread over replicas.
 *
 * @param onProgress - Called after each clip with the number done.
 * @returns By clip id.
 */
export async function describeClips(
  clips: readonly Clip[],
  prepared: PreparedClips,
  transform: FrameTransform,
  replicas: readonly Replica[],
  onProgress: (done: number) => void = () => {},
): Promise<Map<string, ClipDescription>> {
  const descriptions = new Map<string, ClipDescription>();
  await spreadOver(replicas, clips, async (replica, { id }) => {
    descriptions.set(id, await replica.describe(centreFrames(await prepared.get(id), transform)));
    onProgress(descriptions.size);
  });
  return descriptions;
}

/** Has every worker take one item after another until all are done. */
export async function spreadOver<W, T>(
  workers: readonly W[],
  items: readonly T[],
  work: (worker: W, item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const takeAll = async (worker: W) => {
    while (next < items.length) await work(worker, items[next++]!);
  };
  await Promise.all(workers.map(takeAll));
}

/** A bank of the given training clips. */
export async function buildBank(
  clips: readonly Clip[],
  shape: StageShape,
  weights: string,
  describe: (clips: readonly Clip[]) => Promise<ReadonlyMap<string, ClipDescription>>,
): Promise<ExemplarBank> {
  const descriptions = await describe(clips);
  const exemplars = clips.map(({ id, diveNumber, score, difficulty }): Exemplar => {
    return { id, diveNumber, score, difficulty, stages: descriptions.get(id)!.stages };
  });
  return new ExemplarBank(exemplars, shape, weights);
}
