import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { averageSteps, resampleSteps, sampleSteps } from './index.js';

const plain = ({ data }: { data: Float32Array }) => ({ values: [...data] });

describe('resampleSteps', () => {
  it('is linear between steps and keeps both ends, closed form', () => {
    const ramp = { data: Float32Array.of(0, 10, 1, 20, 2, 30), steps: 3, channels: 2 };
    expect(plain(resampleSteps(ramp, 5)).values).toEqual([0, 10, 0.5, 15, 1, 20, 1.5, 25, 2, 30]);
    expect(plain(resampleSteps(ramp, 2)).values).toEqual([0, 10, 2, 30]);
    expect(plain(resampleSteps(ramp, 1)).values).toEqual([1, 20]);
    expect(resampleSteps(ramp, 3)).toBe(ramp);
    expect(plain(resampleSteps({ data: Float32Array.of(7), steps: 1, channels: 1 }, 3)).values).toEqual([7, 7, 7]);
  });
});

describe('averageSteps', () => {
  it('takes the mean of equal parts, fractions of steps included, closed form', () => {
    const ramp = { data: Float32Array.of(0, 10, 1, 20, 2, 30), steps: 3, channels: 2 };
    expect(plain(averageSteps(ramp, 1)).values).toEqual([1, 20]);
    // parts of 1.5 steps: (0 + 0.5 * 1) / 1.5 and (0.5 * 1 + 2) / 1.5
    const halves = plain(averageSteps(ramp, 2)).values;
    [1 / 3, 40 / 3, 5 / 3, 80 / 3].forEach((value, index) => {
      expect(halves[index]).toBeCloseTo(value, 5);
    });
    const long = { data: Float32Array.from({ length: 12 }, (_, index) => index), steps: 12, channels: 1 };
    expect(plain(averageSteps(long, 4)).values).toEqual([1, 4, 7, 10]);
  });

  it('keeps the mean of the sequence, within 1e-5 for lengths that do not divide', () => {
    const data = Float32Array.from({ length: 97 }, (_, index) => Math.sin(index));
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const short = averageSteps({ data, steps: 97, channels: 1 }, 16);
    expect(Math.abs(mean(short.data) - mean(data))).toBeLessThan(1e-5);
  });

  it('interpolates a sequence that is no longer', () => {
    const ramp = { data: Float32Array.of(0, 10, 1, 20, 2, 30), steps: 3, channels: 2 };
    expect(averageSteps(ramp, 3)).toBe(ramp);
    expect(averageSteps(ramp, 5)).toEqual(resampleSteps(ramp, 5));
  });
});

describe('sampleSteps', () => {
  it('reads at any position and clamps positions outside, closed form', () => {
    const ramp = { data: Float32Array.of(0, 10, 1, 20, 2, 30), steps: 3, channels: 2 };
    const into = new Float32Array(9);
    sampleSteps(ramp, Float64Array.of(1.75, -4, 0.5, 9), into, 1);
    expect([...into]).toEqual([0, 1.75, 27.5, 0, 10, 0.5, 15, 2, 30]);
  });

  it('reports what it expected', () => {
    const one = { data: Float32Array.of(7), steps: 1, channels: 1 };
    expect(() => resampleSteps(one, 0)).toThrow(
      new ArgumentError('resampleSteps: steps must be a positive whole number, got 0.'),
    );
  });
});
