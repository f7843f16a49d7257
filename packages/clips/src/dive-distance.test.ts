import { describe, expect, it } from 'vitest';
import { diveDistance } from './index.js';

describe('diveDistance', () => {
  const kind = (diveNumber: string, difficulty = 3) => ({ diveNumber, difficulty });

  it.each([
    ['407c', '407c', 0],
    ['407c', '405c', 2], // two half somersaults
    ['407c', '407b', 1], // position
    ['407c', '207c', 2], // direction
    ['626c', '206c', 3], // armstand
    ['5253b', '5255b', 1], // two half twists
    ['205b', '5253b', 3.5], // twisting or not, three half twists
    ['5253b', '5253d', 0.5], // free
    ['103b', '113b', 1], // flying
  ])('between %s and %s is %f', (a, b, distance) => {
    expect(diveDistance(kind(a), kind(b))).toBe(distance);
    expect(diveDistance(kind(b), kind(a))).toBe(distance);
  });

  it('adds the difference of the difficulties', () => {
    expect(diveDistance(kind('407c', 3.2), kind('407c', 3.45))).toBeCloseTo(0.25, 12);
  });
});
