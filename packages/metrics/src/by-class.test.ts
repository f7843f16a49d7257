import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { figuresByClass, fisherMean, MetricsError } from './index.js';

// computed by goldens/metrics.py with scipy and numpy
const { byClass } = JSON.parse(readFileSync(new URL('__fixtures__/scipy.json', import.meta.url), 'utf8')) as {
  byClass: {
    names: string[];
    x: number[];
    y: number[];
    classes: { name: string; clips: number; srcc: number; relativeL2: number }[];
    srcc: number;
    relativeL2: number;
  };
};

describe('figuresByClass', () => {
  it('equals scipy class by class, and the means of AQA-7, within 1e-12', () => {
    const { classes, srcc, relativeL2 } = figuresByClass(byClass.x, byClass.y, byClass.names);
    expect(classes.map(({ name, clips }) => [name, clips])).toEqual(
      byClass.classes.map(({ name, clips }) => [name, clips]),
    );
    for (const [index, golden] of byClass.classes.entries()) {
      expect(classes[index]!.srcc).toBeCloseTo(golden.srcc, 12);
      expect(classes[index]!.relativeL2).toBeCloseTo(golden.relativeL2, 12);
    }
    expect(srcc).toBeCloseTo(byClass.srcc, 12);
    expect(relativeL2).toBeCloseTo(byClass.relativeL2, 12);
  });

  it('accepts numeric classes and any order of clips', () => {
    const order = byClass.x.map((_, index) => (index * 29) % byClass.x.length);
    const numbers = Uint8Array.from(order, (index) => byClass.names[index]!.length);
    const { srcc } = figuresByClass(
      Float64Array.from(order, (index) => byClass.x[index]!),
      order.map((index) => byClass.y[index]!),
      numbers,
    );
    expect(srcc).toBeCloseTo(byClass.srcc, 12);
  });

  it('is NaN if a class has no correlation', () => {
    expect(figuresByClass([1, 2, 3], [1, 2, 3], ['a', 'a', 'b']).srcc).toBeNaN();
  });

  it('reports the lengths it got', () => {
    expect(() => figuresByClass([1, 2], [1, 2], ['a'])).toThrow(
      new MetricsError(
        'ERR_MCORE_SHAPE',
        'figuresByClass: predicted and classes must have the same length, got 2 and 1.',
      ),
    );
  });
});

describe("Fisher's z", () => {
  // correlations of three or six classes, as in AQA-7 and JIGSAWS; the goldens above come from scipy
  it.each([
    [[0.763, 0.7358, 0.6006, 0.5405, 0.9013, 0.9254]],
    [[0.8099, 0.757, 0.6538, 0.7109, 0.9166, 0.8878]],
    [[0.36, 0.54, 0.75]],
    [[-0.2, 0.1]],
  ])('is tanh of the mean of ln((1 + r) / (1 - r)) / 2, within 1e-14: %s', (classes) => {
    const odds = classes.reduce((product, r) => (product * (1 + r)) / (1 - r), 1) ** (1 / classes.length);
    expect(Math.abs(fisherMean(classes) - (odds - 1) / (odds + 1))).toBeLessThan(1e-14);
  });

  it('agrees with the one published mean that we could verify: 0.8102 on AQA-7', () => {
    // the mean is in the abstract of Tang et al., "Uncertainty-aware Score Distribution Learning", CVPR 2020; the six correlations of
    // their table 2 are from memory and not verified, so this supports the formula and proves no table
    expect(fisherMean([0.8099, 0.757, 0.6538, 0.7109, 0.9166, 0.8878]).toFixed(4)).toBe('0.8102');
  });
});
