import type { ScoredVideo } from '@mcore/judge';
import { describe, expect, it } from 'vitest';
import { describeScores } from './score-text.js';

const dive: ScoredVideo = {
  video: 'dive.mp4',
  diveNumber: '407c',
  score: 85.889,
  interval: [75.94, 95.84],
  level: 0.9,
  spread: 2,
  match: 'same dive number',
  exemplars: [
    { id: '01__1', diveNumber: '407c', score: 80, delta: 5.889, stageDeltas: [-0.04, 3, 2.929] },
    {
      id: 'FINADivingWorldCup2021_Men10m_final_r1__15',
      diveNumber: '407c',
      score: 90,
      delta: -4,
      stageDeltas: [0, -3, -1],
    },
  ],
  transitions: [0, 32],
  transitionSeconds: [0, 1.28],
  inDistribution: null,
  transitionConfidence: [0.9, 0.9],
  uncertainTransitions: [false, false],
  noInterval: null,
  rendered: false,
  judgesRealDives: true,
  frames: 85,
  durationSeconds: 3.4,
  notes: [],
};

describe('describeScores', () => {
  it('gives one video one line', () => {
    expect(describeScores([dive], false)).toBe(
      'dive.mp4: score 85.9, 90 % interval 75.9 to 95.8; take-off at 0.00 s, entry at 1.28 s of 3.40 s; 2 exemplars, same dive number',
    );
  });

  it('adds votes where they are asked for, with short identifiers and without negative zeros', () => {
    expect(describeScores([dive], true).split('\n').slice(2)).toEqual([
      'exemplar                          dive  score  delta  take-off  flight  entry',
      '--------------------------------  ----  -----  -----  --------  ------  -----',
      '01__1                             407c   80.0   +5.9      +0.0    +3.0   +2.9',
      'FINADi…p2021_Men10m_final_r1__15  407c   90.0   -4.0      +0.0    -3.0   -1.0',
    ]);
  });

  it('keeps identifiers whole that would be the same when shortened', () => {
    const [first] = dive.exemplars;
    const ids = ['FINADi', 'FINADi and more'].map((start) => `${start}-of-2021_Men10m_final_round1__15`);
    const same = { ...dive, exemplars: ids.map((id) => ({ ...first!, id })) };
    const text = describeScores([same], true);
    for (const id of ids) expect(text).toContain(id);
  });

  it('gives several videos a row each', () => {
    expect(describeScores([dive, { ...dive, video: 'b.mp4', interval: null, level: null }], false).split('\n')).toEqual(
      [
        'video     score  90 % interval  take-off   entry                      exemplars  known',
        '--------  -----  -------------  --------  ------  -----------------------------  -----',
        'dive.mp4   85.9   75.9 to 95.8    0.00 s  1.28 s  2 exemplars, same dive number      -',
        'b.mp4      85.9              -    0.00 s  1.28 s  2 exemplars, same dive number      -',
      ],
    );
  });

  it('has as many digits as small scores need, and words of diving for dives alone', () => {
    const exemplars = [{ id: 'a', diveNumber: 'squat', score: 0.7, delta: -0.0004, stageDeltas: [-0.0004, 0] }];
    const squat: ScoredVideo = {
      ...dive,
      ...{ video: 'squat.mp4', diveNumber: 'squat', match: 'same class', exemplars },
      ...{ score: 0.6996, interval: [0.5, 0.9], transitions: [32], transitionSeconds: [1.28] },
    };
    const [line, , head, , vote] = describeScores([squat], true).split('\n');
    expect(line).toBe(
      'squat.mp4: score 0.700, 90 % interval 0.500 to 0.900; stage 2 at 1.28 s of 3.40 s; 1 exemplar, same class',
    );
    expect(head).toBe('exemplar  class  score   delta  stage 1  stage 2');
    expect(vote).toBe('a         squat  0.700  +0.000   +0.000   +0.000');
  });

  it('says beside the number that weights of renderings judge no real dives, and marks uncertain transitions', () => {
    const film: ScoredVideo = {
      ...dive,
      ...{ judgesRealDives: false, interval: null, level: null, noInterval: 'weights of rendered dives on film' },
      uncertainTransitions: [true, false],
    };
    expect(describeScores([film], false)).toBe(
      'dive.mp4: score 85.9 (no judge of real dives: these weights know rendered ones only), no interval; take-off at 0.00 s (uncertain), entry at 1.28 s of 3.40 s; 2 exemplars, same dive number',
    );
    expect(describeScores([film, dive], false).split('\n').slice(2)).toEqual([
      'dive.mp4   85.9              -   0.00 s?  1.28 s  2 exemplars, same dive number      -',
      'dive.mp4   85.9   75.9 to 95.8    0.00 s  1.28 s  2 exemplars, same dive number      -',
      'no judge of real dives: these weights know rendered ones only',
      '? an uncertain transition',
    ]);
    expect(describeScores([{ ...film, rendered: true }], false)).not.toContain('no judge');
  });

  it('says that exemplar-free weights compare with nothing', () => {
    const alone: ScoredVideo = {
      ...dive,
      match: 'none needed',
      exemplars: [],
      interval: null,
      level: null,
      noInterval: 'not calibrated',
    };
    expect(describeScores([alone], true)).toBe(
      'dive.mp4: score 85.9, no interval (weights without calibration); take-off at 0.00 s, entry at 1.28 s of 3.40 s; no exemplars needed',
    );
  });
});
