import { ArgumentError } from '@mcore/errors';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { Random } from '@mcore/random';
import { describe, expect, it } from 'vitest';
import { cueReading, cues, deductionsOf } from './index.js';

const test = fineDivingLabels.filter(({ split }) => split === 'test');
const train = fineDivingLabels.filter(({ split }) => split === 'train');

describe('cueReading', () => {
  it('finds the weights of a reader who sees the splash and nothing else, and how unsteady it is', () => {
    const random = new Random('unsteady');
    const scores = test.map((clip) => {
      const execution = 8.5 - 0.5 * deductionsOf(clip, 3).splash + random.normal(0, 0.4);
      return execution * 3 * clip.difficulty;
    });
    const reading = cueReading(test, scores, { train, seed: 3 });
    expect(reading.cues.splash).toBeCloseTo(-0.5, 1);
    for (const cue of cues) if (cue !== 'splash') expect(Math.abs(reading.cues[cue])).toBeLessThan(0.05);
    expect(reading.usual).toBeLessThan(0.1);
    expect(reading.unexplained).toBeCloseTo(0.4, 1);
  });

  it('gives the judges a weight for every cue, the largest for the entry, and little that is left over', () => {
    const judges = cueReading(
      test,
      test.map(({ score }) => score),
      { train },
    );
    expect(Math.max(...Object.values(judges.cues))).toBeLessThan(0);
    const { entryAngle, splash, ...others } = judges.cues;
    expect(Math.max(entryAngle, splash)).toBeLessThan(Math.min(...Object.values(others)));
    expect(judges.unexplained).toBeLessThan(0.55);
  });

  it('says what is missing', () => {
    expect(() => cueReading(test.slice(0, 8), [], { train })).toThrow(
      new ArgumentError('cueReading: expected at least 9 clips and as many scores, got 8 and 0.'),
    );
  });
});
