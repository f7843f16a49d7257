import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { resampleSteps, sampleSteps } from './index.js';

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
