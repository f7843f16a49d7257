import { expect, it } from 'vitest';
import { naturalOrder } from './node.js';

it('sorts numbers by value wherever they stand, and everything else by code unit', () => {
  const sorted = [
    '0.jpg',
    '1.jpg',
    '2.jpg',
    '09.jpg',
    '10.jpg',
    '00100.jpg',
    'a1b2.png',
    'a1b10.png',
    'a02b1.png',
    'b.jpg',
  ];
  expect([...sorted].reverse().sort(naturalOrder)).toEqual(sorted);
});

it('does not lose digits of long numbers', () => {
  const sorted = ['frame9007199254740992.jpg', 'frame9007199254740993.jpg'];
  expect([...sorted].reverse().sort(naturalOrder)).toEqual(sorted);
});

it('puts equal numbers in one order always: fewer zeros first', () => {
  expect(['001.jpg', '1.jpg', '01.jpg'].sort(naturalOrder)).toEqual(['1.jpg', '01.jpg', '001.jpg']);
  expect(naturalOrder('7.jpg', '7.jpg')).toBe(0);
});
