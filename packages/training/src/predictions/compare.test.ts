import { DataError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { describe, expect, it } from 'vitest';
import { type ComparedClip, compareClips } from '../index.js';

const random = new Random('clips');
const truth = Array.from({ length: 120 }, (_, index) => ({ id: `clip ${index}`, trueScore: random.uniform(30, 100) }));

/** A model whose errors have a deviation, and whose last transition is off by some frames. */
function model(name: string, deviation: number, off: number): ComparedClip[] {
  const noise = new Random(name);
  return truth.map((clip) => ({
    ...clip,
    predictedScore: clip.trueScore + noise.uniform(-deviation, deviation),
    trueTransitions: [0, 40],
    predictedTransitions: [0, 40 - off],
  }));
}

describe('compareClips', () => {
  it('finds a better model better in every metric, and says the reverse of the reverse', () => {
    const [good, bad] = [model('a', 5, 4), model('b', 20, 15)];
    const forward = compareClips(good, bad);
    const backward = compareClips(bad, [...good].reverse());
    expect(forward.clips).toBe(120);
    for (const key of ['srcc', 'rl2x100', 'meanAbsoluteError', 'aiou75'] as const) {
      const { a, b, difference, interval, p } = forward[key];
      expect(difference).toBeCloseTo(a - b, 12);
      expect(p).toBeLessThan(0.01);
      // the interval of the difference does not reach 0, and lies on the side of the difference
      expect(Math.sign(interval[0])).toBe(Math.sign(difference));
      expect(interval[0]).toBeLessThanOrEqual(difference);
      expect(interval[1]).toBeGreaterThanOrEqual(difference);
      expect(backward[key].difference).toBeCloseTo(-difference, 12);
      expect(backward[key].p).toBeGreaterThan(0.99);
    }
    expect(forward.rl2x100.difference).toBeLessThan(0);
    // IoUs 36/40 and 25/40, so both hit at 0.5 and one at 0.75
    expect(forward.aiou50).toEqual({ a: 100, b: 100, difference: 0, interval: [0, 0], p: 1 });
    expect(forward.aiou75).toMatchObject({ a: 100, b: 0, difference: 100, interval: [100, 100] });
  });

  it('does not find one of two alike better', () => {
    const { srcc, meanAbsoluteError } = compareClips(model('c', 10, 0), model('d', 10, 0));
    expect(srcc.interval[0]).toBeLessThan(0);
    expect(srcc.interval[1]).toBeGreaterThan(0);
    expect(meanAbsoluteError.p).toBeGreaterThan(0.05);
    expect(meanAbsoluteError.p).toBeLessThan(0.95);
  });

  it('gives NaN, and no error, where a metric is undefined: equal scores, two stages, no transitions', () => {
    const undefinedMetric = { a: NaN, b: NaN, difference: NaN, interval: [NaN, NaN], p: NaN };
    const equal = (clips: ComparedClip[]) => clips.map((clip) => ({ ...clip, trueScore: 60 }));
    const { srcc, rl2x100, meanAbsoluteError } = compareClips(equal(model('a', 5, 4)), equal(model('b', 20, 15)));
    expect([srcc, rl2x100]).toEqual([undefinedMetric, undefinedMetric]);
    expect(meanAbsoluteError.difference).toBeCloseTo(meanAbsoluteError.a - meanAbsoluteError.b, 12);
    for (const trueTransitions of [[40], []]) {
      const clips = model('a', 5, 4).map((clip) => ({ ...clip, trueTransitions, predictedTransitions: [36] }));
      const { aiou50, aiou75, srcc } = compareClips(clips, clips);
      expect([aiou50, aiou75]).toEqual([undefinedMetric, undefinedMetric]);
      expect(srcc.p).toBe(1);
    }
  });

  it('refuses other clips and other labels', () => {
    const a = model('a', 5, 4);
    expect(() => compareClips(a, a.slice(1))).toThrow(
      new DataError('compareClips: expected the same clips twice, at least two, got 120 and 119, clip 0 in one alone.'),
    );
    const other = [{ ...a[0]!, trueScore: 7 }, ...a.slice(1)];
    expect(() => compareClips(a, other)).toThrow(/^compareClips: expected the same labels of clip 0 twice, got score /);
  });
});
