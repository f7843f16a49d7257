import type { FeatureClip, FeatureSequence } from '@mcore/clips';
import { Random } from '@mcore/random';
import { madeUpSource } from '@mcore/testing/feature-clips';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { FeatureInput } from './feature-input.js';

/** Clips by their sequences; labels play no part here. */
function inputOf(sequences: FeatureSequence[], steps: number): { clips: FeatureClip[]; input: Promise<FeatureInput> } {
  const { clips } = madeUpSource(sequences.length);
  const source = {
    ...madeUpSource(0),
    clips,
    readFeatures: async (id: string) => sequences[clips.findIndex((clip) => clip.id === id)]!,
  };
  return { clips: [...clips], input: FeatureInput.read(source, clips, steps) };
}
const ramp = (steps: number, factor = 1) => ({
  data: Float32Array.from({ length: steps }, (_, index) => factor * index),
  steps,
  channels: 1,
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('FeatureInput', () => {
  it('resamples clips of any length, linearly, ends on ends', async () => {
    const { clips, input } = inputOf([ramp(9), ramp(3), ramp(1000)], 5);
    // a long clip is kept as the means of twice as many parts, 100 steps each
    expect([...(await input).batch(clips)].map((value) => Math.round(10 * value) / 10)).toEqual([
      0, 2, 4, 6, 8, 0, 0.5, 1, 1.5, 2, 49.5, 274.5, 499.5, 724.5, 949.5,
    ]);
  });

  it('has statistics in which every clip counts the same, and normalises by them, closed form', async () => {
    const constant = (steps: number, value: number) => ({
      data: new Float32Array(steps).fill(value),
      steps,
      channels: 1,
    });
    const { clips, input } = inputOf([constant(2, 0), constant(8, 4), constant(3, 100)], 2);
    const statistics = (await input).statistics(clips.slice(0, 2));
    expect(statistics).toEqual({ mean: Float32Array.of(2), deviation: Float32Array.of(2) });
    const transform = { ...statistics, clipDeviations: 5, centre: false, mixing: null };
    const normalised = await (await input).transformed(transform);
    expect([...normalised.batch(clips)]).toEqual([-1, -1, 1, 1, 5, 5]);
    const whole = await (await input).transformed({ ...transform, clipDeviations: null });
    expect([...whole.batch(clips)].at(-1)).toBe(49);
    const mixing = { width: 2, weights: Float32Array.of(2, -3) };
    const mixed = await (await input).transformed({ ...transform, mixing });
    expect([...mixed.batch(clips.slice(1))]).toEqual([2, -3, 2, -3, 10, -15, 10, -15]);
    expect((await input).statistics(clips.slice(0, 1)).deviation[0]).toBe(1);
  });

  it('takes the mean of each clip from each of its channels, closed form', async () => {
    const clip = { data: Float32Array.of(1, 10, 3, 40), steps: 2, channels: 2 };
    const { clips, input } = inputOf([clip], 2);
    expect([...(await input).centred().batch(clips)]).toEqual([-1, -15, 1, 15]);
    const plain = { mean: new Float32Array(2), deviation: Float32Array.of(1, 1), clipDeviations: null, mixing: null };
    expect([...(await (await input).transformed({ ...plain, centre: true })).batch(clips)]).toEqual([-1, -15, 1, 15]);
  });

  it('augments nothing where nothing is asked for', async () => {
    const { clips, input } = inputOf([ramp(7), ramp(12)], 6);
    const none = { warp: 0, offset: 0, channelDropout: 0 };
    expect((await input).augmentedBatch(clips, none, new Random(1))).toEqual((await input).batch(clips));
  });

  it('shifts whole channels, drops whole channels and keeps the order of time', async () => {
    const { clips, input } = inputOf(
      Array.from({ length: 200 }, () => ramp(12)),
      6,
    );
    const plain = (await input).batch(clips);
    const shifted = (await input).augmentedBatch(clips, { warp: 0, offset: 2, channelDropout: 0 }, new Random(1));
    const shifts = clips.map((_, clip) => shifted[clip * 6]! - plain[clip * 6]!);
    shifted.forEach((value, index) => {
      expect(value - plain[index]!).toBeCloseTo(shifts[Math.floor(index / 6)]!, 4);
    });
    const deviation = Math.sqrt(shifts.reduce((sum, value) => sum + value ** 2, 0) / shifts.length);
    expect(Math.abs(deviation - 2)).toBeLessThan(0.4); // 200 draws: within four standard errors
    const dropped = (await input).augmentedBatch(clips, { warp: 0, offset: 0, channelDropout: 0.25 }, new Random(2));
    const zero = clips.filter((_, clip) => dropped.subarray(clip * 6, clip * 6 + 6).every((value) => value === 0));
    expect(Math.abs(zero.length / 200 - 0.25)).toBeLessThan(0.125);
    const warped = (await input).augmentedBatch(clips, { warp: 0.3, offset: 0, channelDropout: 0 }, new Random(3));
    expect(warped).not.toEqual(plain);
    warped.forEach((value, index) => {
      if (index % 6 > 0) expect(value).toBeGreaterThanOrEqual(warped[index - 1]!);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(11);
    });
  });
});
