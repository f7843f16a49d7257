import { expect, it } from 'vitest';
import { stageMeans } from './stage-means.js';

it('averages each channel over the steps of each stage, by hand', () => {
  // two stages of two steps of three channels
  const values = Float32Array.of(1, 2, 3, 3, 6, -3, 10, 0, 0.5, 20, 0, 1.5);
  expect([...stageMeans(values, { stages: 2, steps: 2, channels: 3 })]).toEqual([2, 4, 0, 15, 0, 1]);
});
