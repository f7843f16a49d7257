import { type Clip, type Frames, type FrameTransform, transformFrames } from '@mcore/clips';
import { type EncodedClip, type Exemplar, ExemplarBank, type StageShape } from '@mcore/model';
import type { PreparedClips } from '../clips/prepared-clips.js';
import type { Replica } from './replica.js';

/** The frames the model sees of a prepared clip when it is not being trained. */
export function centreFrames(prepared: Frames, transform: FrameTransform): Frames {
  return transformFrames(prepared, transform, 'center');
}

/**
 * Encodes many clips, spread over replicas.
 *
 * @param onProgress - Called after each clip with the number done.
 * @returns By clip id.
 */
export async function encodeClips(
  clips: readonly Clip[],
  prepared: PreparedClips,
  transform: FrameTransform,
  replicas: readonly Replica[],
  onProgress: (done: number) => void = () => {},
): Promise<Map<string, EncodedClip>> {
  const encoded = new Map<string, EncodedClip>();
  await spreadOver(replicas, clips, async (replica, { id }) => {
    encoded.set(id, await replica.encode(centreFrames(await prepared.get(id), transform)));
    onProgress(encoded.size);
  });
  return encoded;
}

/** Has every worker take one item after another until all are done; results in the order of the items. */
export async function spreadOver<W, T, R>(
  workers: readonly W[],
  items: readonly T[],
  work: (worker: W, item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const takeAll = async (worker: W) => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(worker, items[index]!);
    }
  };
  await Promise.all(workers.map(takeAll));
  return results;
}

/** A bank of the given training clips. */
export async function buildBank(
  clips: readonly Clip[],
  shape: StageShape,
  weights: string,
  encode: (clips: readonly Clip[]) => Promise<ReadonlyMap<string, EncodedClip>>,
): Promise<ExemplarBank> {
  const encoded = await encode(clips);
  const exemplars = clips.map(({ id, diveNumber, score, difficulty }): Exemplar => {
    return { id, diveNumber, score, difficulty, stages: encoded.get(id)!.stages };
  });
  return new ExemplarBank(exemplars, shape, weights);
}
