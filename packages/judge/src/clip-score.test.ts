import type { CheckpointInfo, InDistribution } from '@mcore/model';
import { presetConfig } from '@mcore/model';
import { describe, expect, it } from 'vitest';
import type { ExemplarMatch } from './choose-exemplars.js';
import { judgesRealDives, scoreWithInterval } from './clip-score.js';

const calibration = {
  level: 0.9,
  halfWidth: 7,
  clips: 200,
  byMatch: { nearestClass: { halfWidth: 12, clips: 190 }, nearestFeatures: { halfWidth: 15, clips: 200 } },
};
const info: CheckpointInfo = {
  config: presetConfig('laptop'),
  labelRange: { min: 20, max: 110 },
  ...{ trainedOn: 'dives', seed: 0, step: 1, calibration },
};
const data = {
  ...{ kind: 'rendered', description: 'rendered dives', fingerprint: 'f', split: { kind: 'official', seed: 0 } },
  clips: { trained: '', selecting: '', calibrating: '' },
};
const drawn: CheckpointInfo = { ...info, data: { ...data, rendering: { seeds: [0], height: 128, version: 2 } } };
const filmed: CheckpointInfo = { ...info, data: { ...data, kind: 'finediving' } };
const clip = { match: 'same dive number' as ExemplarMatch, rendered: false, known: null };
const unlike = { value: false, parts: {} } as unknown as InDistribution;

describe('scoreWithInterval', () => {
  it('takes the interval of the way that exemplars were found', () => {
    const intervalOf = (match: ExemplarMatch) => scoreWithInterval(60, filmed, { ...clip, match }).interval;
    expect(intervalOf('same dive number')).toEqual([53, 67]);
    expect(intervalOf('same class')).toEqual([53, 67]);
    expect(intervalOf('none needed')).toEqual([53, 67]);
    expect(intervalOf('nearest dive number')).toEqual([48, 72]);
    expect(intervalOf('nearest by features')).toEqual([45, 75]);
    const earlier = { ...filmed, calibration: { level: 0.9, halfWidth: 7, clips: 200 } };
    expect(scoreWithInterval(60, earlier, { ...clip, match: 'nearest by features' })).toEqual({
      ...{ score: 60, interval: null, level: null, noInterval: 'not calibrated' },
    });
  });

  it('gives none of film to weights that know renderings only, and one of renderings', () => {
    expect([judgesRealDives(drawn), judgesRealDives(filmed), judgesRealDives(info)]).toEqual([false, true, true]);
    expect(scoreWithInterval(60, drawn, clip)).toEqual({
      ...{ score: 60, interval: null, level: null, noInterval: 'weights of rendered dives on film' },
    });
    expect(scoreWithInterval(60, drawn, { ...clip, rendered: true })).toEqual({
      ...{ score: 60, interval: [53, 67], level: 0.9, noInterval: null },
    });
  });

  it('gives none to a clip that is unlike the training clips, nor without a calibration', () => {
    expect(scoreWithInterval(60, filmed, { ...clip, known: unlike }).noInterval).toBe('not like the training clips');
    const { calibration: _, ...uncalibrated } = filmed;
    expect(scoreWithInterval(60, uncalibrated, clip).noInterval).toBe('not calibrated');
  });

  it('keeps scores and intervals at 0 or above, unless training scores were below', () => {
    expect(scoreWithInterval(-5, filmed, clip)).toMatchObject({ score: 0, interval: [0, 2] });
    expect(scoreWithInterval(3, filmed, clip)).toMatchObject({ score: 3, interval: [0, 10] });
    const signed = { ...filmed, labelRange: { min: -10, max: 10 } };
    expect(scoreWithInterval(-5, signed, clip)).toMatchObject({ score: -5, interval: [-12, 2] });
  });
});
