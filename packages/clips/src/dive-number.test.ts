import { ArgumentError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { diveDistance, parseDiveNumber } from './index.js';

describe('parseDiveNumber', () => {
  it.each([
    ['407C', 'inward', false, false, 7, 0, 'c'],
    ['109c', 'forward', false, false, 9, 0, 'c'],
    ['113b', 'forward', false, true, 3, 0, 'b'],
    ['1011c', 'forward', false, false, 11, 0, 'c'],
    [' 5255b ', 'back', false, false, 5, 5, 'b'],
    ['5337d', 'reverse', false, false, 3, 7, 'd'],
    ['636c', 'reverse', true, false, 6, 0, 'c'],
    ['6245d', 'back', true, false, 4, 5, 'd'],
  ])('reads %s', (text, direction, armstand, flying, halfSomersaults, halfTwists, position) => {
    expect(parseDiveNumber(text)).toEqual({
      text: text.trim().toLowerCase(),
      direction,
      armstand,
      flying,
      halfSomersaults,
      halfTwists,
      position,
    });
  });

  it.each(['', '407', 'c407', '707c', '525b', '5555b', '641c', '6415d', '127b', '407e', '52555b'])(
    'refuses %o',
    (text) => {
      expect(() => parseDiveNumber(text)).toThrow(
        new ArgumentError(`parseDiveNumber: wanted a dive number such as 407c or 5255b, got ${JSON.stringify(text)}.`),
      );
    },
  );
});

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
  ])('of %s and %s is %f', (a, b, distance) => {
    expect(diveDistance(kind(a), kind(b))).toBe(distance);
    expect(diveDistance(kind(b), kind(a))).toBe(distance);
  });

  it('adds the difference of the difficulties', () => {
    expect(diveDistance(kind('407c', 3.2), kind('407c', 3.45))).toBeCloseTo(0.25, 12);
  });
});
