import { type Exemplar, ExemplarBank, presetConfig, type ScoredClip } from '@mcore/model';
import { Random } from '@mcore/random';
import { describe, expect, it } from 'vitest';
import { type CalibrationClip, calibrateScores, exemplarChooser } from './calibrate.js';

const config = { ...presetConfig('laptop'), exemplars: 3 };
const numbers = ['107b', '107c', '405b'];
const features = (name: string, seed: number) => {
  const random = Random.for(seed, name);
  return Float32Array.of(numbers.indexOf(name) * 10 + random.normal(0, 0.1), 10 + random.normal(0, 0.1));
};
/** Six exemplars of each number, whose scores are 50, 60 and 70. */
const exemplars = numbers.flatMap((diveNumber, at) =>
  Array.from({ length: 6 }, (_, index): Exemplar => {
    return {
      id: `${diveNumber} ${index}`,
      diveNumber,
      difficulty: 3,
      score: 50 + 10 * at,
      stages: features(diveNumber, index),
    };
  }),
);
const bank = new ExemplarBank(exemplars, { stages: 1, steps: 1, channels: 2 }, 'weights');
/** Votes with the exemplars' own scores. */
const compare = async (_: Float32Array, chosen: readonly Exemplar[]): Promise<ScoredClip> => {
  const scores = chosen.map(({ score }) => score);
  const score = scores.reduce((sum, value) => sum + value, 0) / scores.length;
  return { score, spread: Math.max(...scores) - Math.min(...scores), votes: [] };
};
const logits = Float32Array.from({ length: 64 }, (_, index) => (index >> 1 === 10 ? 20 : 0));
/** Clips of 107b whose judges gave 50, and an error of 1 to 40 points. */
const clips = Array.from({ length: 40 }, (_, index): CalibrationClip => {
  const encoded = { stages: features('107b', 100 + index), logits };
  return { diveNumber: '107b', difficulty: 3, score: 50 + index + 1, encoded };
});

describe('calibrateScores', () => {
  it('measures the interval of each way to find exemplars, by hand', async () => {
    const { calibration, outliers } = await calibrateScores(clips, { config, bank, compare, seed: 0 });
    // exemplars of 107b score 50: errors are 1 to 40, and 37 of 40 hold 90 % of 41
    expect(calibration).toEqual({
      ...{ level: 0.9, halfWidth: 37, clips: 40 },
      byMatch: {
        // the nearest number is 107c, which scores 60: errors are 9, 8, ... 0, ... 30
        nearestClass: { halfWidth: 27, clips: 40 },
        nearestFeatures: { halfWidth: 37, clips: 40 },
      },
    });
    expect(outliers).toMatchObject({ falseAlarmRate: 0.05, clips: 40, limits: { voteSpread: 0 } });
  });

  it('leaves out what too few clips can calibrate', async () => {
    const setup = { config, bank, compare, seed: 0 };
    expect(await calibrateScores(clips.slice(0, 5), setup)).toEqual({});
    expect(await calibrateScores(clips.slice(0, 12), setup)).toMatchObject({ calibration: { clips: 12 } });
    expect(await calibrateScores(clips.slice(0, 12), setup)).not.toHaveProperty('outliers');
    const alone = new ExemplarBank(exemplars.slice(0, 6), bank.shape, 'weights');
    const { calibration } = await calibrateScores(clips, { ...setup, bank: alone });
    expect(Object.keys(calibration!.byMatch!)).toEqual(['nearestFeatures']);
  });

  it('draws exemplars of the number, of the nearest other number, and the nearest by features', () => {
    const choose = exemplarChooser({ bank, config, seed: 0 });
    const numbersOf = (kind: Parameters<typeof choose>[1]) =>
      choose(clips[0]!, kind).map(({ diveNumber }) => diveNumber);
    expect(numbersOf('same')).toEqual(['107b', '107b', '107b']);
    expect(numbersOf('nearestClass')).toEqual(['107c', '107c', '107c']);
    expect(new Set(numbersOf('nearestFeatures'))).toEqual(new Set(['107b']));
    expect(choose({ ...clips[0]!, diveNumber: '626c' }, 'same')).toEqual([]);
  });
});
