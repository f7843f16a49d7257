import { parseDiveNumber } from '@mcore/clips';
import { fineDivingLabels } from '@mcore/finediving-labels';
import { expect, it } from 'vitest';

it('every dive number of the labels is one of World Aquatics, in lower case', () => {
  const numbers = [...new Set(fineDivingLabels.map((label) => label.diveNumber))];
  expect(numbers).toHaveLength(52);
  for (const number of numbers) expect(parseDiveNumber(number).text).toBe(number);
});
