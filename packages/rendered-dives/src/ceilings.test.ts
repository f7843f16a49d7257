import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { describe, expect, it } from 'vitest';
import { executionCeiling, segmentationCeiling } from './index.js';
import { solveLeastSquares } from './least-squares.js';

describe('executionCeiling', () => {
  it.each([0, 1, 2, 3])('is 0.95 to 0.97 over the 749 test clips with seed %i', (seed) => {
    const ceiling = executionCeiling({ clips: fineDivingLabels, seed });
    expect(ceiling.clips).toBe(749);
    expect(ceiling.spearman).toBeGreaterThan(0.95);
    expect(ceiling.spearman).toBeLessThan(0.97);
  });

  it('falls to the baseline of the dive number where no cue is seen, and hardly where only the entry is', () => {
    const blind = executionCeiling({ clips: fineDivingLabels, cues: [] }).spearman;
    const entry = executionCeiling({ clips: fineDivingLabels, cues: ['entryAngle', 'splash'] }).spearman;
    expect(blind).toBeCloseTo(0.594, 2);
    expect(entry).toBeGreaterThan(0.92);
  });

  it('weighs the cues that can be read best most', () => {
    const { weights } = executionCeiling({ clips: fineDivingLabels });
    expect(Math.min(weights.entryAngle!, weights.splash!)).toBeLessThan(Math.min(weights.height!, weights.distance!));
    expect(
      Math.max(...['entryAngle', 'splash', 'legs', 'opening', 'height', 'distance'].map((cue) => weights[cue]!)),
    ).toBeLessThan(0);
  });
});

describe('segmentationCeiling', () => {
  it.each([0, 1, 2, 3])('is an AIoU@0.75 of about 95 % with seed %i', (seed) => {
    const ceiling = segmentationCeiling({ clips: fineDivingLabels, seed });
    expect(ceiling.aiou75).toBeGreaterThan(0.935);
    expect(ceiling.aiou75).toBeLessThan(0.97);
    expect(ceiling.aiou50).toBeGreaterThan(0.99);
    expect(ceiling.meanOffset).toBeLessThan(2.5);
  });
});

describe('solveLeastSquares', () => {
  it('finds the line through points and gives an explained feature nothing', () => {
    const rows = [0, 1, 2, 3].map((x) => [1, x, 0]);
    const [constant, slope, unused] = solveLeastSquares(rows, [5, 3, 1, -1]);
    expect([constant, slope, unused]).toEqual([expect.closeTo(5, 9), expect.closeTo(-2, 9), 0]);
  });
});
