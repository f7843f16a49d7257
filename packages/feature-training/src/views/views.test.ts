import { describe, expect, it } from 'vitest';
import { nonNegativeWeights, solvePositive } from './solve.js';
import { viewsOf } from './views.js';

describe('viewsOf', () => {
  it('has parts, parts without their mean, measures of motion and context, closed form', () => {
    // 32 steps: channel 0 a ramp, channel 1 still
    const data = Float32Array.from({ length: 64 }, (_, at) => (at % 2 ? 7 : at / 2));
    const clip = { difficulty: 0, diveNumber: 'b' };
    const { steps, centred, motion, context } = viewsOf(clip, { data, steps: 32, channels: 2 }, ['a', 'b']);
    expect([...steps.slice(0, 4)]).toEqual([0.5, 7, 2.5, 7]);
    expect([...centred.slice(0, 4)]).toEqual([-15, 0, -13, 0]);
    const measures = [...motion].filter((_, at) => at % 2 === 0).map(Math.exp);
    // deviation of 0 .. 31, range, change between steps, between 64 parts and between 16
    const expected = [Math.sqrt((32 ** 2 - 1) / 12), 31, 1, 31 / 63, 2];
    for (const [row, value] of expected.entries()) expect(measures[row]).toBeCloseTo(value, 3);
    expect(motion[1]).toBeCloseTo(Math.log(1e-6), 4);
    expect([...context]).toEqual([Math.fround(Math.log(32)), 1, 0, 1]);
  });

  it('is finite for a single step', () => {
    const views = viewsOf(
      { difficulty: 2, diveNumber: 'any' },
      { data: Float32Array.of(3), steps: 1, channels: 1 },
      [],
    );
    for (const view of Object.values(views)) expect(view.every(Number.isFinite)).toBe(true);
  });
});

describe('solvePositive', () => {
  it('solves a system with its ridge, closed form', () => {
    // [[4, 2], [2, 3]] x = [10, 8]
    const exact = solvePositive(Float64Array.of(3, 2, 2, 2), Float64Array.of(10, 8), 1);
    expect(exact[0]).toBeCloseTo(1.75, 12);
    expect(exact[1]).toBeCloseTo(1.5, 12);
  });
});

describe('nonNegativeWeights', () => {
  it('finds weights within 1e-2, and leaves out what points the wrong way', () => {
    const a = Float64Array.of(1, 0, -1, 0);
    const b = Float64Array.of(0, 1, 0, -1);
    const against = a.map((value) => -value);
    const weights = nonNegativeWeights(
      [a, b, against],
      a.map((value, index) => 2 * value + 0.5 * b[index]!),
    );
    expect(Math.abs(weights[0]! - 2)).toBeLessThan(1e-2);
    expect(Math.abs(weights[1]! - 0.5)).toBeLessThan(1e-2);
    expect(weights[2]).toBe(0);
    expect(nonNegativeWeights([new Float64Array(4)], a)).toEqual([0]);
  });
});
