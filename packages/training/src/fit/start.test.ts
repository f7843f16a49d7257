import { presetConfig } from '@mcore/model';
import { expect, it } from 'vitest';
import { statisticsBatch } from './start.js';

it('measures eight clips together where they are small, fewer where they are large, at least one', () => {
  const { input } = presetConfig('laptop');
  expect(statisticsBatch(input)).toBe(8);
  expect(statisticsBatch(presetConfig('paper').input)).toBe(4);
  const crop = { height: 448, width: 448 };
  expect(statisticsBatch({ frames: 96, transform: { ...input.transform, crop } })).toBe(1);
});
