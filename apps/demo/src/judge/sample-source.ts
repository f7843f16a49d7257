import { type Frames, resizeFrames, sampleIndices } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import type { InputConfig } from '@mcore/model';
import { browserCanvas, nativeHeight, RenderedDives } from '@mcore/rendered-dives';
import { openVideo, readClip } from '@mcore/video';
import { frameRate } from '../playback.js';
import type { JudgedSource } from './judge-api.js';

/** Frames as the model samples them, resized but not yet cropped, with where they come from. */
export interface SampledClip {
  frames: Frames;
  name: string;
  frameCount: number;
  durationSeconds: number;
  indices: readonly number[];
  seconds: readonly number[];
}

/**
 * Reads what the model looks at.
 *
 * @param trainedOn - As the checkpoint says: rendered dives are drawn at the size that the weights know.
 */
export async function sampleSource(source: JudgedSource, input: InputConfig, trainedOn: string): Promise<SampledClip> {
  return source.kind === 'file' ? sampleFile(source, input) : drawDive(source.id, input, drawnHeight(trainedOn));
}

async function sampleFile(
  { file, name, fromSeconds, toSeconds }: Extract<JudgedSource, { kind: 'file' }>,
  { frames: count, transform }: InputConfig,
): Promise<SampledClip> {
  const video = await openVideo(file, { name });
  try {
    const clip = await readClip(video, { count, size: transform.resize, fromSeconds, toSeconds });
    return { ...clip, name, frameCount: video.frameCount, durationSeconds: video.durationSeconds };
  } finally {
    video.close();
  }
}

let dives: RenderedDives | undefined;

async function drawDive(id: string, { frames: count, transform }: InputConfig, height: number): Promise<SampledClip> {
  if (dives?.renderer.height !== height) dives = new RenderedDives({ canvas: browserCanvas, height });
  const clip = dives.clips.find((candidate) => candidate.id === id);
  if (!clip) throw new DataError(`sampleSource: expected a dive of FineDiving's labels, got ${id}.`);
  const indices = sampleIndices(clip.frameCount, count);
  return {
    frames: resizeFrames(await dives.readFrames(id, indices), transform.resize),
    name: id,
    frameCount: clip.frameCount,
    durationSeconds: clip.frameCount / frameRate,
    indices,
    seconds: indices.map((index) => index / frameRate),
  };
}

/** `... seed 0, 228x128)` in what the weights were trained on: 128. */
export function drawnHeight(trainedOn: string): number {
  const height = Number(/\b\d+x(\d+)\b/.exec(trainedOn)?.[1]);
  return height >= 16 ? height : nativeHeight;
}
