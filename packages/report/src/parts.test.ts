import { describe, expect, it } from 'vitest';
import { chooseClips, scoreError, segmentationIoU } from './choose-clips.js';
import { formatDifference, formatInterval, formatNumber, formatShare, formatTime } from './format.js';
import { html } from './html.js';
import type { ClipPrediction } from './report-data.js';
import { stageAt, stageNamesOf } from './stages.js';
import { thin } from './thin.js';

const clip = (id: string, predicted: number, predictedTransitions = [20, 60]): ClipPrediction => ({
  id,
  diveNumber: '107B',
  score: 70,
  predicted,
  frameCount: 100,
  transitions: [20, 60],
  predictedTransitions,
});

describe('chooseClips', () => {
  const clips = [clip('a', 75), clip('b', 70, [60, 90]), clip('c', 60, [20, 40]), clip('d', 71)];
  const ids = (chosen: ClipPrediction[]) => chosen.map(({ id }) => id).join('');

  it('takes the nearest and the farthest scores', () => {
    const { best, worst } = chooseClips(clips, 2, 'score');
    expect([ids(best), ids(worst)]).toEqual(['bd', 'ca']);
  });

  it('takes the best and the worst transitions, ties in the order given', () => {
    const { best, worst } = chooseClips(clips, 2, 'stages');
    expect([ids(best), ids(worst)]).toEqual(['ad', 'bc']);
  });

  it.each([
    [0, '', ''],
    [1, 'b', 'c'],
    [9, 'bd', 'ca'],
  ])('%i of each, no clip in both', (count, best, worst) => {
    const chosen = chooseClips(clips, count, 'score');
    expect([ids(chosen.best), ids(chosen.worst)]).toEqual([best, worst]);
  });

  it('leaves clips without true transitions out of the best and worst stages', () => {
    const [labelled, unlabelled] = [clip('a', 75), { ...clip('b', 70), transitions: [] }];
    expect(chooseClips([unlabelled, labelled], 2, 'stages')).toEqual({ best: [labelled], worst: [] });
    expect(chooseClips([unlabelled], 2, 'stages')).toEqual({ best: [], worst: [] });
  });

  it('measures points and IoU', () => {
    expect(scoreError(clip('x', 64.5))).toBe(5.5);
    expect(segmentationIoU(clip('x', 0, [20, 40]))).toBe(0.5);
    expect(segmentationIoU(clip('x', 0, [60, 90]))).toBe(0);
    // two stages of 40 and 60 frames, found as 50 and 50: IoUs 40/50 and 50/60
    expect(segmentationIoU({ ...clip('x', 0, [50]), transitions: [40] })).toBeCloseTo((0.8 + 50 / 60) / 2, 12);
    expect(segmentationIoU({ ...clip('x', 0), transitions: [] })).toBeNaN();
  });
});

describe('formats', () => {
  it('numbers have real minus signs, no negative zero, a dash if they are missing', () => {
    expect([3.456, -2, -0.0001, Number.NaN, undefined].map((value) => formatNumber(value, 2))).toEqual([
      '3.46',
      '−2.00',
      '0.00',
      '–',
      '–',
    ]);
    expect([1.5, -1.5, 0, 0.001].map((value) => formatDifference(value, 2))).toEqual([
      '+1.50',
      '−1.50',
      '0.00',
      '0.00',
    ]);
    expect(formatInterval([-0.5, 0.25], 2)).toBe('−0.50 to 0.25');
    expect(formatShare(0.954)).toBe('95 %');
    expect(formatTime('2026-03-01T23:30:00-02:00')).toBe('2026-03-02 01:30 UTC');
  });

  it('html escapes what is put in, once', () => {
    const inner = html`<b>${'<&>'}</b>`;
    expect(html`<p title="${`"'`}">${inner}${[1, ' ', inner]}${null}${false}${undefined}</p>`.text).toBe(
      '<p title="&quot;&#39;"><b>&lt;&amp;&gt;</b>1 <b>&lt;&amp;&gt;</b></p>',
    );
  });
});

describe('stages', () => {
  it('a stage begins at its transition', () => {
    expect([0, 19, 20, 59, 60, 99].map((frame) => stageAt(frame, [20, 60]))).toEqual([0, 0, 1, 1, 2, 2]);
    expect([19, 20].map((frame) => stageAt(frame, [20, 20]))).toEqual([0, 2]);
  });

  it('have the names given, else those of three, else numbers', () => {
    const of = (predictedTransitions: number[], stageNames?: string[]) =>
      stageNamesOf({ predictions: [clip('a', 1, predictedTransitions)], ...(stageNames && { stageNames }) } as never);
    expect(of([1, 2])).toEqual(['Take-off', 'Flight', 'Entry']);
    expect(of([1, 2, 3])).toEqual(['Stage 1', 'Stage 2', 'Stage 3', 'Stage 4']);
    expect(of([1, 2], ['A', 'B'])).toEqual(['A', 'B', 'Stage 3']);
  });
});

describe('thin', () => {
  const points = (count: number) => Array.from({ length: count }, (_, x) => [x, x % 2 === 0 ? 1 : 3] as const);

  it('keeps short series', () => {
    expect(thin(points(3), 3)).toEqual([
      { x: 0, mean: 1, low: 1, high: 1 },
      { x: 1, mean: 3, low: 3, high: 3 },
      { x: 2, mean: 1, low: 1, high: 1 },
    ]);
  });

  it('takes mean and range of equal stretches, the last one shorter', () => {
    expect(thin(points(5), 3)).toEqual([
      { x: 0.5, mean: 2, low: 1, high: 3 },
      { x: 2.5, mean: 2, low: 1, high: 3 },
      { x: 4, mean: 1, low: 1, high: 1 },
    ]);
    expect(thin(points(1001), 120)).toHaveLength(112);
    expect(thin([], 5)).toEqual([]);
  });
});
