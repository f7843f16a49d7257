import type { Clip } from '@mcore/clips';
import { Random } from '@mcore/random';
import { type FrameTruth, frameReadings, frameTruth } from '@mcore/rendered-dives';
import { denseIndices, drawWideClip } from '../augmentation/wide-clip.js';
import type { FrameWindow, WindowBatch } from '../compute/frame-reader.js';
import type { Rendering, WindowOptions } from './windows.js';

/** Clips whose gradient a thread computes at once. */
const MICRO_BATCH = 4;
/** How tall a splash is in the picture is not known once the picture is zoomed. */
const ZOOMED = frameReadings.indexOf('splashHeight');

/**
 * Whole clips of every step in `wide` augmentation, a function of seed and step alone: cut, played and filmed otherwise, with the transitions and
 * the truth of exactly the frames that are shown. Every clip is taken from one of the renderings, always the same.
 */
export function wholeClipMaker(options: WindowOptions): (step: number) => Promise<WindowBatch[]> {
  const { input, clips, renderings, batchSize, seed } = options;
  const truths = new Map<string, FrameTruth>();
  const worldOf = (clip: Clip): Rendering => Random.for(seed, 'world', clip.id).pick(renderings);
  const truthOf = (clip: Clip, renderSeed: number) => {
    const truth = truths.get(clip.id) ?? frameTruth(clip, { frames: denseIndices(clip), seed: renderSeed });
    truths.set(clip.id, truth);
    return truth;
  };
  const window = async (clip: Clip, random: Random): Promise<FrameWindow> => {
    const world = worldOf(clip);
    const { frames, shown, transitions } = drawWideClip(clip, await world.dense!.get(clip.id), input, random);
    const truth = truthOf(clip, world.seed);
    return { frames, transitions, ...rowsOf(truth, shown) };
  };
  return async (step) => {
    const random = Random.for(seed, 'clips', step);
    const chosen = Array.from({ length: batchSize }, () => random.pick(clips));
    const windows = await Promise.all(chosen.map((clip, slot) => window(clip, Random.for(seed, 'wide', step, slot))));
    const batches: WindowBatch[] = [];
    for (let at = 0; at < batchSize; at += MICRO_BATCH) {
      const ids = chosen.slice(at, at + MICRO_BATCH).map(({ id }) => id);
      const dropoutSeed = [seed, 'dropout', step, at].join(' ');
      batches.push({ windows: windows.slice(at, at + MICRO_BATCH), name: `clips ${ids.join(' ')}`, dropoutSeed });
    }
    return batches;
  };
}

/** The truth of some frames. */
function rowsOf({ values, weights }: FrameTruth, rows: readonly number[]): Pick<FrameWindow, 'values' | 'weights'> {
  const width = frameReadings.length;
  const found = { values: new Float32Array(rows.length * width), weights: new Float32Array(rows.length * width) };
  for (const [to, from] of rows.entries()) {
    found.values.set(values.subarray(from * width, (from + 1) * width), to * width);
    found.weights.set(weights.subarray(from * width, (from + 1) * width), to * width);
    found.weights[to * width + ZOOMED] = 0;
  }
  return found;
}
