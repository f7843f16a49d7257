import { describe, expect, it } from 'vitest';
import { labelledScore, newItem, noLabels, scoreOfAwards } from './item.js';
import { manifestOf } from './manifest.js';
import { csvField } from './ranked-csv.js';

describe('scoreOfAwards', () => {
  it.each([
    [[7.5, 8, 8, 8.5, 7], 3.2, 75.2], // 7.5 8 8 of five
    [[8.5, 8.5, 8, 9, 9, 8.5, 8], 3.2, 81.6], // 8.5 8.5 8.5 of seven: clip 01__10 of FineDiving
    [[7, 8, 9], 2, 48],
    [[8, 9], 1, 25.5], // both, as if there were three
  ])('gives of awards %j at %d: %d points', (awards, difficulty, expected) => {
    expect(scoreOfAwards(awards, difficulty)).toBe(expected);
  });
});

describe('labelledScore', () => {
  it('prefers the score to the awards, and is null without either', () => {
    expect(labelledScore({ ...noLabels, score: 50, awards: [1, 1, 1] })).toBe(50);
    expect(labelledScore({ ...noLabels, awards: [5, 5, 5] })).toBe(15);
    expect(labelledScore(noLabels)).toBeNull();
  });
});

describe('manifestOf', () => {
  const item = (name: string, change: object) => ({
    ...newItem(name, name, 0),
    frameCount: 50,
    durationSeconds: 2,
    ...change,
  });

  it('lists labelled videos with the columns that all can fill', () => {
    const labels = { ...noLabels, score: 7, transitionSeconds: [0.5, 1.25] };
    const { text, left } = manifestOf([
      item('a, b.mp4', { labels, className: 'squat' }),
      item('c.mp4', { labels: { ...labels, score: 8, split: 'test' }, className: 'squat' }),
      item('none.mp4', {}),
    ]);
    expect(text.trim().split('\r\n')).toEqual([
      'path,score,class,transition_seconds,frames',
      '"a, b.mp4",7,squat,0.500 1.250,50',
      'c.mp4,8,squat,0.500 1.250,50',
    ]);
    expect(left).toEqual([{ name: 'none.mp4', missing: 'a score' }]);
  });

  it('gives the part of a video that is marked, in seconds of the file', () => {
    const labels = { ...noLabels, score: 7, transitionSeconds: [1] };
    const { text } = manifestOf([item('a.mp4', { labels, trim: [0.5, 2] }), item('b.mp4', { labels, trim: [0, 2] })]);
    expect(text.trim().split('\r\n')).toEqual([
      'path,score,start,end,transition_seconds',
      'a.mp4,7,0.500,2.000,1.000',
      'b.mp4,7,0.000,2.000,1.000',
    ]);
  });

  it('leaves transitions out where not all videos have as many', () => {
    const labels = { ...noLabels, score: 7 };
    const { text } = manifestOf([
      item('a.mp4', { labels: { ...labels, transitionSeconds: [1] } }),
      item('b.mp4', { labels, frameCount: null }),
    ]);
    expect(text).toBe('path,score\r\na.mp4,7\r\nb.mp4,7\r\n');
  });
});

describe('csvField', () => {
  it('quotes what RFC 4180 says', () => {
    expect(['a', 'a,b', 'say "x"', 'two\nlines', null].map(csvField)).toEqual([
      'a',
      '"a,b"',
      '"say ""x"""',
      '"two\nlines"',
      '',
    ]);
  });
});
