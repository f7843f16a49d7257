import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { breakdown, type EvaluatedClip, evaluatePredictions, intervalCoverage, spread, summarise } from '../index.js';
import { labelOnlyPredictor } from './baselines.js';

const labels = { competition: '01', difficulty: 3, frameCount: 96, split: 'train' } as const;
const training = [
  { ...labels, id: 'a', diveNumber: '107b', score: 60, transitions: [10, 50] },
  { ...labels, id: 'b', diveNumber: '107b', score: 80, transitions: [20, 60] },
  { ...labels, id: 'c', diveNumber: '407c', score: 40, transitions: [40, 90] },
];

describe('labelOnlyPredictor', () => {
  const predict = labelOnlyPredictor(training, (clip) => clip.transitions);

  it('gives the mean score and the median transitions of the dive number', () => {
    expect(predict(training[0]!)).toEqual({ score: 70, transitions: [20, 60], transitionsOfDiveNumber: [15, 55] });
  });

  it('gives those of all training clips for a dive number it has not seen', () => {
    expect(predict({ ...training[0]!, diveNumber: '205b' })).toEqual({
      score: 60,
      transitions: [20, 60],
      transitionsOfDiveNumber: [20, 60],
    });
  });
});

describe('evaluatePredictions', () => {
  const clip = (id: number, trueScore: number, predictedScore: number, end: number): EvaluatedClip => ({
    id: String(id),
    diveNumber: '107b',
    trueScore,
    predictedScore,
    trueTransitions: [0, 40],
    predictedTransitions: [0, end],
    labelOnly: { score: 50 + id, transitions: [0, 20], transitionsOfDiveNumber: [0, 30] },
  });
  const evaluation = evaluatePredictions([
    clip(0, 40, 42, 40),
    clip(1, 60, 58, 29),
    clip(2, 50, 53, 19),
    clip(3, 80, 80, 21),
  ]);

  it('gives the figures worked out by hand', () => {
    // R-l2: (4 + 4 + 9 + 0) / 4 / 40^2 x 100; IoUs 1, 0.725, 0.475, 0.525
    expect(evaluation.scores.srcc.value).toBeCloseTo(1, 12);
    expect(evaluation.scores.rl2x100.value).toBeCloseTo((100 * 17) / 4 / 1600, 12);
    expect(evaluation.scores.meanAbsoluteError).toBeCloseTo(7 / 4, 12);
    expect(evaluation.transitions.aiou50.value).toBe(75);
    expect(evaluation.transitions.aiou75.value).toBe(25);
  });

  it('puts the label-only figures of the same clips beside them', () => {
    expect(evaluation.baselines.meanScoreOfDiveNumber.srcc.value).toBeCloseTo(0.8, 12);
    expect(evaluation.baselines.medianTransitions.aiou50.value).toBe(100);
    expect(evaluation.baselines.medianTransitions.aiou75.value).toBe(0);
    expect(evaluation.baselines.medianTransitionsOfDiveNumber.aiou75.value).toBe(100);
  });

  it('gives intervals that hold the figure and repeat for a seed', () => {
    const { srcc, rl2x100 } = evaluation.scores;
    // the order is right in every draw of these clips
    expect(srcc.interval[0]).toBeCloseTo(1, 12);
    expect(srcc.interval[1]).toBeCloseTo(1, 12);
    expect(rl2x100.interval[0]).toBeLessThan(rl2x100.value);
    expect(rl2x100.interval[1]).toBeGreaterThan(rl2x100.value);
  });

  it('breaks down by group, the largest first, by hand', () => {
    const clips = [
      { ...clip(0, 40, 42, 40), competition: 'x' },
      { ...clip(1, 60, 58, 29), competition: 'y' },
      { ...clip(2, 50, 53, 19), competition: 'y' },
    ];
    expect(breakdown(clips, ({ competition }) => competition)).toEqual([
      { group: 'y', clips: 2, srcc: 1, meanAbsoluteError: 2.5, bias: 0.5, aiou50: 50, aiou75: 0 },
      { group: 'x', clips: 1, srcc: Number.NaN, meanAbsoluteError: 2, bias: 2, aiou50: 100, aiou75: 100 },
    ]);
  });

  it.each([
    ['two stages', [40], [36]],
    ['no labelled transitions', [], [20, 36]],
  ])('gives NaN as AIoU of clips with %s, in tables and breakdowns', (_, trueTransitions, predictedTransitions) => {
    const labelOnly = { score: 50, transitions: predictedTransitions, transitionsOfDiveNumber: predictedTransitions };
    const clips = [clip(0, 40, 42, 40), clip(1, 60, 58, 29)].map((one) => ({
      ...one,
      trueTransitions,
      predictedTransitions,
      labelOnly,
    }));
    const { transitions, baselines, scores } = evaluatePredictions(clips);
    for (const { aiou50, aiou75 } of [
      transitions,
      baselines.medianTransitions,
      baselines.medianTransitionsOfDiveNumber,
    ]) {
      expect([aiou50, aiou75]).toEqual(Array(2).fill({ value: NaN, interval: [NaN, NaN] }));
    }
    expect(scores.srcc.value).toBe(1);
    expect(breakdown(clips, ({ diveNumber }) => diveNumber)).toEqual([
      { group: '107b', clips: 2, srcc: 1, meanAbsoluteError: 2, bias: 0, aiou50: NaN, aiou75: NaN },
    ]);
  });

  it('counts how often an interval holds the score, its ends included', () => {
    const clips = [clip(0, 40, 42, 40), clip(1, 60, 58, 29), clip(2, 50, 53, 19), clip(3, 80, 80, 21)];
    const { share, halfWidth } = intervalCoverage(clips, 2);
    expect(share.value).toBe(0.75);
    expect(share.interval[0]).toBeLessThan(0.75);
    expect(halfWidth).toBe(2);
  });

  it('means over evaluations with the deviation of n - 1', () => {
    const better = evaluatePredictions([
      clip(0, 40, 40, 40),
      clip(1, 60, 60, 40),
      clip(2, 50, 50, 40),
      clip(3, 80, 80, 40),
    ]);
    const { aiou75, meanAbsoluteError } = summarise([evaluation, better]);
    expect(aiou75).toEqual({ mean: 62.5, deviation: Math.sqrt(2 * 37.5 ** 2), values: [25, 100] });
    expect(meanAbsoluteError.mean).toBeCloseTo(7 / 8, 12);
    expect(spread([3]).deviation).toBeNaN();
    expect(() => spread([])).toThrow(new ArgumentError('spread: expected at least one value, got none.'));
  });
});
