import { panelScore } from '@mcore/metrics';
import { expect, it } from 'vitest';
import { fineDivingLabels } from './labels.js';

it('the rule of diving gives the score from awards and difficulty in all clips but 120, within 0.05', () => {
  // scores are annotated in steps of 0.05 or 0.1; 1e-9 for the sums of binary fractions
  const fails = fineDivingLabels.filter(
    ({ awards, difficulty, score }) => !(Math.abs(panelScore(awards, difficulty) - score) <= 0.05 + 1e-9),
  );
  expect([7, 3, 5].map((count) => fails.filter(({ awards }) => awards.length === count).length)).toEqual([99, 13, 8]);
});
