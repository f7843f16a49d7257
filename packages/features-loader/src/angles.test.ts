import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { prepareFeatures, sineCosine, unwrapAngles } from './index.js';

const column = (...values: number[]) => ({ data: Float32Array.from(values), steps: values.length, channels: 1 });

describe('sineCosine', () => {
  it('has sines, cosines and the other channels, closed form', () => {
    const { data, steps, channels } = sineCosine(
      { data: Float32Array.of(7, 90, -180, 8, 7, 0, 30, 9), steps: 2, channels: 4 },
      { from: 1, to: 3 },
    );
    expect([steps, channels]).toEqual([2, 6]);
    const expected = [7, 1, 0, 0, -1, 8, 7, 0, 0.5, 1, Math.sqrt(3) / 2, 9];
    expected.forEach((value, index) => {
      expect(data[index]).toBeCloseTo(value, 6);
    });
    expect(sineCosine(column(Math.PI / 2), { unit: 'radians' }).data[0]).toBeCloseTo(1, 6);
  });
});

describe('unwrapAngles', () => {
  it('takes out jumps and keeps the mean within half a turn', () => {
    expect([...unwrapAngles(column(170, 179, -175, -160, 175)).data]).toEqual(
      [170, 179, 185, 200, 175].map((v) => v - 360),
    );
    expect([...unwrapAngles(column(10, 350, 340)).data]).toEqual([10, -10, -20]);
    expect([...unwrapAngles({ data: Float32Array.of(350, 5, 10, 6), steps: 2, channels: 2 }, { to: 1 }).data]).toEqual([
      -10, 5, 10, 6,
    ]);
  });

  it('says what it expected', () => {
    expect(() => unwrapAngles(column(1), { from: 1 })).toThrow(
      new ArgumentError('unwrapAngles: from and to must be channels, 0 to 1, got 1 and 1.'),
    );
  });
});

describe('prepareFeatures', () => {
  const clip = { data: Float32Array.of(350, 1, 10, 5, 30, 9), steps: 3, channels: 2 };

  it('unwraps, centres and adds range and deviation, closed form', () => {
    const { data, channels } = prepareFeatures(clip, { angles: { form: 'unwrap', to: 1 }, centre: true, range: true });
    expect(channels).toBe(6);
    const deviations = [Math.sqrt(800 / 3), Math.sqrt(32 / 3)];
    const expected = [
      [-20, -4],
      [0, 0],
      [20, 4],
    ].flatMap((centred) => [...centred, 40, 8, ...deviations]);
    expected.forEach((value, index) => {
      expect(data[index]).toBeCloseTo(value, 5);
    });
  });

  it('does nothing unless asked to', () => {
    expect(prepareFeatures(clip, {})).toBe(clip);
    expect(prepareFeatures(clip, { angles: { form: 'sine-cosine', to: 1 } }).channels).toBe(3);
  });
});
