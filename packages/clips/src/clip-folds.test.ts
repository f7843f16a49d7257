import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { type Clip, clipFolds } from './index.js';

const clips = Array.from(
  { length: 11 },
  (_, index): Clip => ({
    ...{ id: `c${index}`, competition: '', diveNumber: index < 6 ? 'vault' : 'beam', score: index, difficulty: 1 },
    ...{ frameCount: 9, transitions: [3, 6], split: 'train' },
  }),
);
const tested = (folds: ReturnType<typeof clipFolds>) =>
  folds.map((fold) => fold.clips.filter(({ split }) => split === 'test').map(({ id }) => id));

describe('clipFolds', () => {
  it('tests every clip once, folds of equal size within a clip, classes spread over them', () => {
    const folds = clipFolds(clips, 3, 0);
    const parts = tested(folds);
    expect(parts.flat().sort()).toEqual(clips.map(({ id }) => id).sort());
    expect(parts.map(({ length }) => length).sort()).toEqual([3, 4, 4]);
    for (const part of parts) {
      const vaults = part.filter((id) => clips.find((clip) => clip.id === id)!.diveNumber === 'vault');
      expect(vaults.length).toBe(2);
    }
    // all clips are in every fold, in their order, with labels untouched
    expect(folds[0]!.clips.map(({ id, score }) => [id, score])).toEqual(clips.map(({ id, score }) => [id, score]));
  });

  it('depends on the seed and not on the order of the clips', () => {
    const reversed = tested(clipFolds([...clips].reverse(), 3, 0)).map((part) => part.sort());
    expect(reversed).toEqual(tested(clipFolds(clips, 3, 0)).map((part) => part.sort()));
    expect(tested(clipFolds(clips, 3, 1))).not.toEqual(tested(clipFolds(clips, 3, 0)));
  });

  it('leaves one clip out at a time', () => {
    const parts = tested(clipFolds(clips, 'leave-one-out', 0));
    expect(parts).toHaveLength(11);
    expect(parts.every(({ length }) => length === 1)).toBe(true);
  });

  it.each([
    [1, 'clipFolds: folds must be a whole number of at least 2, got 1.'],
    [12, 'clipFolds: expected at least 12 clips for 12 folds, got 11.'],
  ])('refuses %d folds', (folds, message) => {
    expect(() => clipFolds(clips, folds, 0)).toThrow(new ArgumentError(message));
  });
});
