import type { Clip } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { PairSampler } from './pair-sampler.js';

function clip(id: number, diveNumber: string): Clip {
  const label = { competition: '01', score: 50, difficulty: 3, frameCount: 96, transitions: [20, 60] };
  return { id: `01__${id}`, diveNumber, split: 'train', ...label };
}

const clips = [...Array.from({ length: 9 }, (_, id) => clip(id, id < 6 ? '107b' : '407c')), clip(9, '109b')];

describe('PairSampler', () => {
  it('passes once through all clips in every epoch, in another order each time', () => {
    const sampler = new PairSampler(clips, 1);
    const epoch = (first: number) =>
      Array.from({ length: 5 }, (_, step) => sampler.batch(first + step, 2).map(({ query }) => query.id)).flat();
    expect(sampler.stepsPerEpoch(2)).toBe(5);
    expect([...epoch(0)].sort()).toEqual(clips.map(({ id }) => id).sort());
    expect([...epoch(5)].sort()).toEqual(clips.map(({ id }) => id).sort());
    expect(epoch(0)).not.toEqual(epoch(5));
  });

  it('pairs with another clip of the same dive number, and a lone clip with itself', () => {
    const sampler = new PairSampler(clips, 2);
    for (const { query, exemplar } of sampler.batch(0, 200)) {
      expect(exemplar.diveNumber).toBe(query.diveNumber);
      expect(exemplar.id === query.id).toBe(query.diveNumber === '109b');
    }
  });

  it('gives a step the same pairs whatever was asked before, so that a resumed run repeats nothing', () => {
    const ids = (sampler: PairSampler, step: number) =>
      sampler.batch(step, 3).map(({ query, exemplar }) => [query.id, exemplar.id]);
    const walked = new PairSampler(clips, 3);
    for (let step = 0; step < 7; step++) walked.batch(step, 3);
    expect(ids(walked, 7)).toEqual(ids(new PairSampler(clips, 3), 7));
    expect(ids(walked, 7)).not.toEqual(ids(new PairSampler(clips, 4), 7));
  });

  it('wants training clips', () => {
    expect(() => new PairSampler([], 0)).toThrow(
      new ArgumentError('ExemplarPool: expected at least one training clip, got none.'),
    );
  });
});
