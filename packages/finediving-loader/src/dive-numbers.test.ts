import { parseDiveNumber } from '@mcore/clips';
import { expect, it } from 'vitest';
import { fineDivingLabels } from './labels.js';

it('every dive number of the labels is one of World Aquatics, in lower case', () => {
  const numbers = [...new Set(fineDivingLabels.map((label) => label.diveNumber))];
  expect(numbers).toHaveLength(52);
  for (const number of numbers) expect(parseDiveNumber(number).text).toBe(number);
});
