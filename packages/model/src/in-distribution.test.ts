import { ArgumentError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { describe, expect, it } from 'vitest';
import {
  BankFeatures,
  calibrateOutliers,
  ExemplarBank,
  inDistribution,
  type OutlierMeasures,
  presetConfig,
  transitionConfidence,
  transitionFlatness,
} from './index.js';

/** A bank of one stage, one step and two channels. */
function bankOf(rows: readonly (readonly [number, number])[]): ExemplarBank {
  const exemplars = rows.map((row, index) => ({
    id: String(index),
    diveNumber: '107b',
    score: 60,
    difficulty: 3,
    stages: Float32Array.from(row),
  }));
  return new ExemplarBank(exemplars, { stages: 1, steps: 1, channels: 2 }, 'weights');
}

describe('BankFeatures', () => {
  it('measures the distance to the nearest exemplars in standard deviations of the bank, by hand', () => {
    // deviations 2 and 4: [4, 0] is [1, 0] from [2, 0], standardised, so sqrt(1 / 2)
    const features = new BankFeatures(
      bankOf([
        [-2, 4],
        [2, 4],
        [-2, -4],
        [2, -4],
      ]),
    );
    expect(features.distance(Float32Array.of(2, 4), 1)).toBeCloseTo((Math.sqrt(2) + Math.sqrt(2) + 2) / 3, 6);
    const alone = new BankFeatures(bankOf([[2, 4]]));
    expect(alone.distance(Float32Array.of(2, 4))).toBe(0);
  });

  it('counts a feature that never changes in the bank by a tenth of the mean deviation', () => {
    // deviations 2 and 0, mean 1: the second channel is measured in units of 0.1
    const features = new BankFeatures(
      bankOf([
        [-2, 5],
        [2, 5],
      ]),
    );
    const [near, far] = [Math.sqrt(1 / 2), Math.sqrt((4 + 1) / 2)];
    expect(features.distance(Float32Array.of(2, 5.1))).toBeCloseTo((near + far) / 2, 5);
  });
});

describe('BankFeatures of several steps', () => {
  it('finds a step that is far from every exemplar where the mean over steps is that of an exemplar', () => {
    const stages = (first: number, second: number) => Float32Array.of(first, second);
    const exemplars = Array.from({ length: 40 }, (_, index) => ({
      ...{ id: String(index), diveNumber: '107b', score: 60, difficulty: 3 },
      stages: stages(-5 + (index % 2), 5 - (index % 2)),
    }));
    const bank = new ExemplarBank(exemplars, { stages: 1, steps: 2, channels: 1 }, 'weights');
    const features = new BankFeatures(bank);
    // deviations are 1/2: both steps of the swapped clip are 9 from the nearest exemplars
    expect(features.distance(stages(-5, 5))).toBeCloseTo(0, 6);
    expect(features.distance(stages(5, -5))).toBeCloseTo(18, 6);
  });
});

describe('transitionFlatness', () => {
  const config = presetConfig('laptop');
  const sure = (at: number) => Float32Array.from({ length: 64 }, (_, index) => (index >> 1 === at ? 50 : 0));

  it('is 0 for a certain segmenter, 1 for one that finds all frames equally likely, and 1/5 for two of 32', () => {
    expect(transitionFlatness(sure(10), config)).toBeCloseTo(0, 6);
    expect(transitionFlatness(new Float32Array(64), config)).toBeCloseTo(1, 6);
    const torn = sure(10).map((value, index) => (index >> 1 === 20 ? 50 : value));
    expect(transitionFlatness(torn, config)).toBeCloseTo(Math.log(2) / Math.log(32), 6);
  });

  it('is that of the least certain transition', () => {
    const logits = sure(10);
    for (let frame = 0; frame < 32; frame++) logits[2 * frame + 1] = 0;
    expect(transitionFlatness(logits, config)).toBeCloseTo(1, 6);
    // 3 of 32 frames lie within one frame of the twentieth
    const [first, second] = transitionConfidence(logits, [10, 20], config);
    expect(first).toBeCloseTo(1, 6);
    expect(second).toBeCloseTo(3 / 32, 6);
  });
});

describe('calibrateOutliers', () => {
  const measures = (featureDistance: number, transitionFlatness = 0, voteSpread = 0): OutlierMeasures => ({
    featureDistance,
    transitionFlatness,
    voteSpread,
  });

  it('takes the lowest limits that at most the given fraction of clips exceeds: one measure, by hand', () => {
    const clips = Array.from({ length: 40 }, (_, index) => measures(index + 1));
    expect(calibrateOutliers(clips, 0.1)).toEqual({ falseAlarmRate: 0.1, clips: 40, limits: measures(36) });
  });

  it('divides the false alarms among measures that alarm on different clips', () => {
    // each measure is largest for clips of its own: 4 alarms in all, so 1 each and a rest
    const clips = Array.from({ length: 60 }, (_, index) =>
      measures(index < 20 ? index : 0, index >= 20 && index < 40 ? index : 0, index >= 40 ? index : 0),
    );
    const { limits } = calibrateOutliers(clips, 0.05);
    const alarms = clips.filter((clip) => !inDistribution(clip, { falseAlarmRate: 0.05, clips: 60, limits }).value);
    expect(limits).toEqual(measures(18, 38, 58));
    expect(alarms).toHaveLength(3);
  });

  it('keeps the false-alarm rate on other clips of the same kind (5 % within three standard errors)', () => {
    const random = new Random(3);
    const draw = () => measures(random.normal(), random.uniform(), random.normal() ** 2);
    const limits = calibrateOutliers(Array.from({ length: 2000 }, draw));
    const alarms = Array.from({ length: 4000 }, draw).filter((clip) => !inDistribution(clip, limits).value).length;
    expect(Math.abs(alarms / 4000 - 0.05)).toBeLessThan(3 * Math.sqrt((0.05 * 0.95) / 2000 + (0.05 * 0.95) / 4000));
  });

  it('reports how many clips it needs', () => {
    expect(() => calibrateOutliers([measures(1)])).toThrow(
      new ArgumentError(
        'calibrateOutliers: expected at least 20 clips for a false-alarm rate of 0.05, got 1. Give more clips or allow a higher rate.',
      ),
    );
  });
});

describe('inDistribution', () => {
  it('reports the measure that exceeds its limit', () => {
    const limits = { featureDistance: 2, transitionFlatness: 0.5, voteSpread: 9 };
    const clip = { featureDistance: 3, transitionFlatness: 0.5, voteSpread: 1 };
    expect(inDistribution(clip, { falseAlarmRate: 0.05, clips: 100, limits })).toEqual({
      value: false,
      parts: {
        featureDistance: { value: 3, limit: 2, within: false },
        transitionFlatness: { value: 0.5, limit: 0.5, within: true },
        voteSpread: { value: 1, limit: 9, within: true },
      },
    });
  });
});
