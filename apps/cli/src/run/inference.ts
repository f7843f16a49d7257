import { type Clip, type Frames, type FrameTransform, transformFrames } from '@mcore/clips';
import { type ClipDescription, type Exemplar, ExemplarBank, type StageShape } from '@mcore/model';
import type { Replica } from '@mcore/training';
import type { PreparedClips } from '../data/prepared-clips.js';

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
  let next = 0;
  const work = async (replica: Replica) => {
    while (next < clips.length) {
      const { id } = clips[next++]!;
      descriptions.set(id, await replica.describe(centreFrames(await prepared.get(id), transform)));
      onProgress(descriptions.size);
    }
  };
  await Promise.all(replicas.map(work));
  return descriptions;
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
