import {
  type Clip,
  chooseAugmentation,
  type Frames,
  sampleIndices,
  sampleTransitions,
  transformFrames,
} from '@mcore/clips';
import type { InputConfig } from '@mcore/model';
import type { Random } from '@mcore/random';
import { drawTimeWarp } from './time-warp.js';
import { varyPictures } from './wide.js';

/** Frames that a clip is kept with, to be played at other speeds: nearly all of a dive's, which has about 100. */
export const DENSE_FRAMES = 96;

/** The input of a model with as many frames as {@link drawWideClip} takes. */
export function denseInput(input: InputConfig): InputConfig {
  return { ...input, frames: DENSE_FRAMES };
}

/** The native frames that a clip is kept with. */
export function denseIndices(clip: Pick<Clip, 'frameCount' | 'start'>): number[] {
  return sampleIndices(clip.frameCount, DENSE_FRAMES, clip.start);
}

/** A clip as it is learned from. */
export interface WideClip {
  frames: Frames;
  /** Which of the dense frames are shown. */
  shown: number[];
  /** Indices of shown frames. */
  transitions: number[];
}

/**
 * Varies a clip in time and in its pictures. Its transitions are those of the frames that are shown.
 *
 * @param dense - Its {@link DENSE_FRAMES} frames, resized but not cropped; not changed.
 */
export function drawWideClip(clip: Clip, dense: Frames, input: InputConfig, random: Random): WideClip {
  const { frames, ...shown } = shownClip(clip, dense, drawTimeWarp(clip, input.frames, random));
  return { ...shown, frames: varyPictures(frames, input.transform.crop, random) };
}

/** A clip in its own time, mirrored and cropped as `plain` augmentation does, out of the frames that {@link drawWideClip} takes. */
export function drawPlainClip(clip: Clip, dense: Frames, input: InputConfig, random: Random): WideClip {
  const { frames, ...shown } = shownClip(clip, dense, sampleIndices(clip.frameCount, input.frames, clip.start));
  return { ...shown, frames: transformFrames(frames, input.transform, chooseAugmentation(input.transform, random)) };
}

/** The dense frames at or before wanted native ones, and the transitions of exactly these. */
function shownClip(clip: Clip, dense: Frames, wanted: readonly number[]): WideClip {
  const kept = denseIndices(clip);
  const shown = wanted.map((native) => lastUpTo(kept, native));
  const natives = shown.map((at) => kept[at]!);
  return { frames: pick(dense, shown), shown, transitions: sampleTransitions(clip.transitions, natives) };
}

/** Copies some frames, in this order. */
function pick({ data, height, width }: Frames, indices: readonly number[]): Frames {
  const area = height * width * 3;
  const picked = new Uint8Array(indices.length * area);
  for (const [to, from] of indices.entries()) picked.set(data.subarray(from * area, (from + 1) * area), to * area);
  return { data: picked, count: indices.length, height, width };
}

/** Position of the last of ascending values that is not greater than a value. */
function lastUpTo(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ascending[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
