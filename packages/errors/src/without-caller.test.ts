import { expect, it } from 'vitest';
import { withoutCaller } from './index.js';

it.each([
  ['openVideo: expected a video, got none.', 'expected a video, got none.'],
  ['ExemplarBank.decode: expected 7, got 8.', 'expected 7, got 8.'],
  ['parseDiveNumber: the letter must be a to d.', 'the letter must be a to d.'],
  ['clips.csv: expected CSV, got other text.', 'clips.csv: expected CSV, got other text.'],
  ['clips.csv:3: expected a number.', 'clips.csv:3: expected a number.'],
  ['expected a number: 7', 'expected a number: 7'],
  ['mcore eval: expected --results.', 'mcore eval: expected --results.'],
])('%j is %j without its caller', (message, plain) => {
  expect(withoutCaller(message)).toBe(plain);
});
