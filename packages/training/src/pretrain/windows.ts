import { type Clip, chooseAugmentation, sampleIndices, transformFrames } from '@mcore/clips';
import type { InputConfig } from '@mcore/model';
import { Random } from '@mcore/random';
import { type FrameReading, type FrameTruth, frameReadings, frameTruth } from '@mcore/rendered-dives';
import type { PreparedClips } from '../clips/prepared-clips.js';
import type { FrameWindow, WindowBatch } from '../compute/frame-reader.js';

/** Windows whose gradient a thread computes at once. */
const MICRO_BATCH = 8;
/** Share of the windows that lie around the entry, where judges look; the others lie around the take-off. */
const AT_ENTRY = 0.8;

/** Clips drawn with one seed. */
export interface Rendering {
  prepared: PreparedClips;
  /** The same clips with more frames, to play them at other speeds: for `wide` augmentation. */
  dense?: PreparedClips;
  seed: number;
}

/** What {@link windowMaker} makes windows of. */
export interface WindowOptions {
  input: InputConfig;
  clips: readonly Clip[];
  /** A window is taken from any of these. */
  renderings: readonly [Rendering, ...Rendering[]];
  /** Windows a step. */
  batchSize: number;
  /** Frames a window. */
  windowFrames: number;
  seed: number;
}

/** The augmented windows of every step, a function of seed and step alone. */
export function windowMaker(options: WindowOptions): (step: number) => Promise<WindowBatch[]> {
  const { input, clips, renderings, batchSize, windowFrames, seed } = options;
  const truths = new Map<string, FrameTruth>();
  const truthOf = (clip: Clip, renderSeed: number) => {
    const key = `${renderSeed} ${clip.id}`;
    const truth = truths.get(key) ?? truthOfClip(clip, input, renderSeed);
    truths.set(key, truth);
    return truth;
  };
  const window = async (clip: Clip, random: Random): Promise<FrameWindow> => {
    const rendering = random.pick(renderings);
    const truth = truthOf(clip, rendering.seed);
    const first = firstFrame(truth, input.frames, windowFrames, random);
    const augmentation = chooseAugmentation(input.transform, random);
    const frames = await rendering.prepared.getWindow(clip.id, first, windowFrames);
    const part = (column: Float32Array) =>
      column.slice(first * frameReadings.length, (first + windowFrames) * frameReadings.length);
    return {
      frames: transformFrames(frames, input.transform, augmentation),
      values: part(truth.values),
      weights: part(truth.weights),
    };
  };
  return async (step) => {
    const random = Random.for(seed, 'pretraining batch', step);
    const chosen = Array.from({ length: batchSize }, () => random.pick(clips));
    const windows = await Promise.all(
      chosen.map((clip, slot) => window(clip, Random.for(seed, 'pretraining window', step, slot))),
    );
    const batches: WindowBatch[] = [];
    for (let at = 0; at < batchSize; at += MICRO_BATCH) {
      const name = `clips ${chosen
        .slice(at, at + MICRO_BATCH)
        .map(({ id }) => id)
        .join(' ')}`;
      batches.push({ windows: windows.slice(at, at + MICRO_BATCH), name });
    }
    return batches;
  };
}

/** What a clip's sampled frames show. */
export function truthOfClip(clip: Clip, input: InputConfig, seed: number): FrameTruth {
  return frameTruth(clip, { frames: sampleIndices(clip.frameCount, input.frames, clip.start), seed });
}

/** Where a window begins: a little before the entry, which then lies in its first half, or around the take-off. */
function firstFrame(truth: FrameTruth, frames: number, windowFrames: number, random: Random): number {
  const expected = random.chance(AT_ENTRY)
    ? firstWith(truth, 'entered', frames) - Math.round(0.4 * windowFrames) + random.integer(3) - 1
    : firstWith(truth, 'flown', frames) - Math.floor(windowFrames / 2);
  return Math.max(0, Math.min(frames - windowFrames, expected));
}

/** The first frame after an event, or the last where it is not seen. */
function firstWith({ values }: FrameTruth, event: FrameReading, frames: number): number {
  const column = frameReadings.indexOf(event);
  for (let frame = 0; frame < frames; frame++) if (values[frame * frameReadings.length + column]! > 0) return frame;
  return frames - 1;
}
