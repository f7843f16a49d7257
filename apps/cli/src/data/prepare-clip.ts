import { type ClipSource, type Frames, resizeFrames, sampleIndices } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import type { InputConfig } from '@mcore/model';

/** A clip's sampled frames, resized but not yet cropped: what augmentation starts from. */
export async function prepareClip(source: ClipSource, id: string, input: InputConfig): Promise<Frames> {
  const clip = source.clips.find((candidate) => candidate.id === id);
  if (!clip) throw new DataError(`prepareClip: wanted a clip of ${source.description}, got ${id}.`);
  const frames = await source.readFrames(id, sampleIndices(clip.frameCount, input.frames, clip.start));
  return resizeFrames(frames, input.transform.resize);
}
