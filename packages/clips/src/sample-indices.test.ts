import { createHash } from 'node:crypto';
import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import golden from './__fixtures__/sampling.json' with { type: 'json' };
import { sampleIndices } from './index.js';

describe('sampleIndices', () => {
  it.each(golden.full)(
    'equals numpy from $start over $frames frames for $count',
    ({ start, frames, count, indices }) => {
      expect(sampleIndices(frames, count, start)).toEqual(indices);
    },
  );

  it('equals numpy for every length of 60 to 280 frames at 40 starts each', () => {
    const wrong = golden.digests.flatMap((digest, index) => {
      const frames = 60 + index;
      const text = golden.starts.flatMap((start) => sampleIndices(frames, 96, start)).join(',');
      return createHash('sha256').update(text).digest('hex').slice(0, 16) === digest ? [] : [frames];
    });
    expect(golden.digests).toHaveLength(221);
    expect(wrong).toEqual([]);
  });

  it('differs by one from the sampling at start 0 exactly where numpy does', () => {
    expect(golden.offByOne.length).toBeGreaterThan(0);
    for (const [start, frames, indices] of golden.offByOne as [number, number, number[]][]) {
      expect(sampleIndices(frames, 96, start)).toEqual(indices);
      expect(sampleIndices(frames, 96, 0)).not.toEqual(indices);
    }
  });

  it.each([
    [[0, 96], 'frameCount must be a whole number of at least 1, got 0.'],
    [[2.5, 96], 'frameCount must be a whole number of at least 1, got 2.5.'],
    [[100, 0], 'count must be a whole number of at least 1, got 0.'],
    [[100, 96, -1], 'start must be a whole number of at least 0, got -1.'],
    [[100, 96, Number.NaN], 'start must be a whole number of at least 0, got NaN.'],
  ])('reports what is wrong with %o', (args, message) => {
    expect(() => sampleIndices(...(args as [number, number, number?]))).toThrow(
      new ArgumentError(`sampleIndices: ${message}`),
    );
  });
});
