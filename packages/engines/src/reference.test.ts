import { describe, expect, it } from 'vitest';
import { convolve, convolveGradients, logSoftmax, multiply, numbers, outputSize, transpose } from './reference.js';
import { gateShift } from './reference-gate-shift.js';

describe('reference', () => {
  it('multiplies and transposes, equal to hand-computed values', () => {
    expect([...multiply([1, 2, 3, 4, 5, 6], [1, 0, 0, 1, 1, 1], 3, 2)]).toEqual([4, 5, 10, 11]);
    expect([...transpose([1, 2, 3, 4, 5, 6], 3)]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it('gives the same numbers for the same seed, all exact in float32 and within (-1, 1)', () => {
    const values = numbers(1000, 3);
    expect(values).toEqual(numbers(1000, 3));
    expect(values).not.toEqual(numbers(1000, 4));
    expect(values.every((value) => Math.abs(value) <= 1 && Number.isInteger(value * 32768))).toBe(true);
  });

  it('logSoftmax of equal values is -log of their number', () => {
    for (const value of logSoftmax([5, 5, 5, 5], 4)) expect(value).toBeCloseTo(-Math.log(4), 15);
  });

  it('a filter that is 1 in its centre copies, and groups see only themselves', () => {
    const size = { batch: 1, height: 2, width: 2, channels: 2, groups: 2, stride: 1 };
    const filter = new Float64Array(3 * 3 * 1 * 2);
    filter[4 * 2] = 1; // centre, first channel
    filter[4 * 2 + 1] = 10; // centre, second channel
    expect([...convolve([1, 2, 3, 4, 5, 6, 7, 8], filter, size)]).toEqual([1, 20, 3, 40, 5, 60, 7, 80]);
  });

  it('a filter of ones sums the neighbourhood, with zeros around', () => {
    const size = { batch: 1, height: 3, width: 3, channels: 1, groups: 1, stride: 2 };
    expect(outputSize(size)).toEqual([2, 2]);
    expect([...convolve([1, 2, 3, 4, 5, 6, 7, 8, 9], new Float64Array(9).fill(1), size)]).toEqual([12, 16, 24, 28]);
  });

  it('gradients of the convolution agree with finite differences to 1e-9', () => {
    const size = { batch: 1, height: 4, width: 3, channels: 4, groups: 2, stride: 2 };
    const x = Float64Array.from(numbers(4 * 3 * 4, 1));
    const filter = Float64Array.from(numbers(3 * 3 * 2 * 4, 2));
    const weight = numbers(2 * 2 * 4, 3);
    const loss = () => convolve(x, filter, size).reduce((sum, value, i) => sum + value * weight[i]!, 0);
    const gradient = convolveGradients(x, filter, weight, size);
    for (const [values, expected] of [
      [x, gradient.x],
      [filter, gradient.filter],
    ] as const) {
      for (let i = 0; i < values.length; i += 5) {
        const value = values[i]!;
        values[i] = value + 1e-3;
        const above = loss();
        values[i] = value - 1e-3;
        const below = loss();
        values[i] = value;
        expect(Math.abs((above - below) / 2e-3 - expected[i]!)).toBeLessThan(1e-9);
      }
    }
  });

  it('gateShift of an open gate moves the halves one frame and interleaves, of a closed gate only interleaves', () => {
    const size = { batch: 1, time: 2, positions: 1, channels: 8 };
    const x = Float64Array.from({ length: 16 }, (_, i) => i + 1);
    // by hand: channels 1..4 come from the frame after, 5..8 from the frame before; (a b c d) becomes (a c b d)
    expect([...gateShift(x, [1, 1, 1, 1], size)]).toEqual([9, 11, 10, 12, 0, 0, 0, 0, 0, 0, 0, 0, 5, 7, 6, 8]);
    expect([...gateShift(x, [0, 0, 0, 0], size)]).toEqual([1, 3, 2, 4, 5, 7, 6, 8, 9, 11, 10, 12, 13, 15, 14, 16]);
  });
});
