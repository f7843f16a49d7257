import { ArgumentError, DataError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { clipOf } from '@mcore/testing/clips';
import { describe, expect, it } from 'vitest';
import { ExemplarPool, equalParts, isDiveNumber, stagesOf } from './index.js';

describe('equalParts', () => {
  it('cuts into stages of equal length, within a frame', () => {
    expect(equalParts(90, 3)).toEqual([30, 60]);
    expect(equalParts(100, 4)).toEqual([25, 50, 75]);
    expect(equalParts(10, 3)).toEqual([3, 7]);
    expect(equalParts(5, 1)).toEqual([]);
  });

  it('stays inside clips with fewer frames than stages', () => {
    expect(equalParts(1, 4)).toEqual([0, 0, 0]);
    expect(equalParts(2, 5)).toEqual([0, 1, 1, 1]);
  });

  it('reports what it expected', () => {
    expect(() => equalParts(0, 3)).toThrow(
      new ArgumentError('equalParts: frameCount must be a whole number of at least 1, got 0.'),
    );
  });
});

describe('stagesOf', () => {
  it('is one more than the transitions every clip has', () => {
    expect(stagesOf({ clips: [clipOf('a__1'), clipOf('a__2')] })).toBe(3);
    expect(stagesOf({ clips: [clipOf('a__1', { transitions: [4, 5, 6, 7] })] })).toBe(5);
  });

  it('reports the clip that differs', () => {
    expect(() => stagesOf({ clips: [clipOf('a__1'), clipOf('a__2', { transitions: [5] })] })).toThrow(
      new DataError('stagesOf: expected 2 transitions for every clip, as a__1 has, got 1 for a__2.'),
    );
    expect(() => stagesOf({ clips: [clipOf('a__1', { transitions: [] })] })).toThrow(
      new DataError('stagesOf: expected at least one transition per clip, got none for a__1.'),
    );
    expect(() => stagesOf({ clips: [] })).toThrow(new ArgumentError('stagesOf: expected at least one clip, got none.'));
  });
});

describe('classes that are not dive numbers', () => {
  const training = ['vault', 'vault', 'floor'].map((diveNumber, index) => clipOf(`g__${index}`, { diveNumber }));

  it('match by name, and otherwise are all equally near', () => {
    const pool = new ExemplarPool(training);
    const draw = (diveNumber: string) => pool.draw({ diveNumber, difficulty: 1 }, 3, new Random(1));
    expect(draw('floor')).toEqual({ exemplars: ['g__2'], match: 'same' });
    const other = draw('beam');
    expect([other.match, [...other.exemplars].sort()]).toEqual(['nearest', ['g__0', 'g__1', 'g__2']]);
    expect(pool.draw({ ...training[2]!, id: 'g__2' }, 3, new Random(1)).exemplars).not.toContain('g__2');
  });

  it('are rejected in a pool of dives', () => {
    expect(() =>
      new ExemplarPool([clipOf('01__1')]).draw({ diveNumber: 'vault', difficulty: 1 }, 1, new Random(1)),
    ).toThrow(ArgumentError);
  });

  it('are distinguished from dive numbers', () => {
    expect(['407c', ' 5253B', 'vault', '', '707c'].map(isDiveNumber)).toEqual([true, true, false, false, false]);
  });
});
