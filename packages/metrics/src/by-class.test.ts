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

  it('takes classes as numbers and in any order of clips', () => {
    const order = byClass.x.map((_, index) => (index * 29) % byClass.x.length);
    const numbers = Uint8Array.from(order, (index) => byClass.names[index]!.length);
    const { srcc } = figuresByClass(
      Float64Array.from(order, (index) => byClass.x[index]!),
      order.map((index) => byClass.y[index]!),
      numbers,
    );
    expect(srcc).toBeCloseTo(byClass.srcc, 12);
  });

  it('is NaN where a class has no correlation', () => {
    expect(figuresByClass([1, 2, 3], [1, 2, 3], ['a', 'a', 'b']).srcc).toBeNaN();
  });

  it('says which lengths it got', () => {
    expect(() => figuresByClass([1, 2], [1, 2], ['a'])).toThrow(
      new MetricsError(
        'ERR_MCORE_SHAPE',
        'figuresByClass: predicted and classes must have the same length, got 2 and 1.',
      ),
    );
  });
});

describe('published means', () => {
  // rows of tables 2 and 3 of Tang et al., CVPR 2020, rounded there to four and two digits
  it.each([
    ['AQA-7, JRG', [0.763, 0.7358, 0.6006, 0.5405, 0.9013, 0.9254], 0.7849, 4],
    ['AQA-7, USDL', [0.8099, 0.757, 0.6538, 0.7109, 0.9166, 0.8878], 0.8102, 4],
    ['JIGSAWS, JRG', [0.36, 0.54, 0.75], 0.57, 2],
  ] as const)("are Fisher's z to the last printed digit: %s", (_, classes, mean, digits) => {
    expect(fisherMean(classes).toFixed(digits)).toBe(mean.toFixed(digits));
  });
});
