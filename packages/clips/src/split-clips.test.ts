import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { describe, expect, it } from 'vitest';
import { splitClips, validationHalves } from './split-clips.js';

describe('validationHalves', () => {
  const { validation } = splitClips(fineDivingLabels, { seed: 3 });
  const { selecting, calibrating } = validationHalves(validation, 3);
  const ids = (clips: readonly { id: string }[]) => new Set(clips.map(({ id }) => id));

  it('puts every validation clip into one of two halves of equal size', () => {
    expect(Math.abs(selecting.length - calibrating.length)).toBeLessThanOrEqual(1);
    expect(new Set([...ids(selecting), ...ids(calibrating)])).toEqual(ids(validation));
    expect(selecting.length + calibrating.length).toBe(validation.length);
  });

  it('gives both halves the same dive numbers, within one clip per number', () => {
    const count = (clips: typeof selecting, number: string) =>
      clips.filter(({ diveNumber }) => diveNumber === number).length;
    for (const number of new Set(validation.map(({ diveNumber }) => diveNumber))) {
      expect(Math.abs(count(selecting, number) - count(calibrating, number)), number).toBeLessThanOrEqual(1);
    }
  });

  it('is the same for the same seed and different for another seed', () => {
    expect(ids(validationHalves(validation, 3).selecting)).toEqual(ids(selecting));
    expect(ids(validationHalves(validation, 4).selecting)).not.toEqual(ids(selecting));
  });
});
