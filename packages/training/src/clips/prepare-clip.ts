import { type ClipSource, type Frames, resizeFrames, sampleIndices } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import type { InputConfig } from '@mcore/model';

/** A clip's sampled frames, resized but not yet cropped: what augmentation starts from. */
export async function prepareClip(source: ClipSource, id: string, input: InputConfig): Promise<Frames> {
  const clip = source.clips.find((candidate) => candidate.id === id);
  if (!clip) throw new DataError(`prepareClip: expected a clip of ${source.description}, got ${id}.`);
  const { resize } = input.transform;
  const indices = sampleIndices(clip.frameCount, input.frames, clip.start);
  // a source may give them resized, which saves the memory of a hundred large frames
  return resizeFrames(await source.readFrames(id, indices, { size: resize }), resize);
}
