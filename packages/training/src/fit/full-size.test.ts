import type { Clip, Frames } from '@mcore/clips';
import { MCoRe, presetConfig } from '@mcore/model';
import { useTestEngine } from '@mcore/testing/engines';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { LocalReplica } from '../compute/replica.js';
import { measureStatistics, type StatisticsRun } from './start.js';

const GIGABYTE = 2 ** 30;

/** Size of WebAssembly's memory, which never shrinks. */
const heap = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;

/** A clip of noise in the size that the released preset resizes to: 96 frames of 112 x 200. */
function noise(seed: number, height: number): Frames {
  const data = new Uint8Array(96 * height * 112 * 3);
  // Knuth's multiplicative hash
  for (let index = 0; index < data.length; index++) data[index] = Math.imul(index + seed, 2654435761) >>> 24;
  return { count: 96, height, width: 112, data };
}

describe('a training at full size from random weights', () => {
  beforeAll(() => useTestEngine('wasm after registerOps'));

  it('measures statistics in under 1.5 GB, and takes a step in under 3 GB', { timeout: 600_000 }, async () => {
    const config = presetConfig('released');
    const model = new MCoRe(config, { seed: 1 });
    const clips = ['1', '2', '3', '4'].map((id) => ({ id }) as Clip);
    await measureStatistics(
      {
        config,
        seed: 1,
        splits: { train: clips },
        prepared: { get: async (id: string) => noise(Number(id), 200) },
        onNote: () => {},
      } as unknown as StatisticsRun,
      model,
    );
    expect(heap()).toBeLessThan(1.5 * GIGABYTE);
    const replica = new LocalReplica(model);
    const clip = (seed: number) => ({ frames: noise(seed, 112), transitions: [30, 70], score: 60 + seed });
    const { losses, gradient } = await replica.gradient({ query: clip(1), exemplar: clip(2), dropoutSeed: 'x' });
    expect(losses.total).toBeCloseTo(losses.regression + losses.segmentation + losses.contrastive, 3);
    expect(gradient.every(Number.isFinite)).toBe(true);
    expect(gradient.some((value) => value !== 0)).toBe(true);
    expect(heap()).toBeLessThan(3 * GIGABYTE);
    await replica.dispose();
    model.dispose();
  });
});
