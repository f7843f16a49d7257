import { type Clip, sampleIndices, sampleTransitions } from '@mcore/clips';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { averageIoU, relativeL2, spearman } from '@mcore/metrics';
import { expect, it } from 'vitest';
// computed by goldens/label-baselines.py with numpy and scipy
import golden from './__fixtures__/label-baselines.json' with { type: 'json' };
import { labelOnlyPredictor } from './baselines.js';

const { frames } = golden.about;
const transitionsOf = (clip: Clip) => sampleTransitions(clip.transitions, sampleIndices(clip.frameCount, frames));

it("equals numpy and scipy within 1e-9 on FineDiving's test clips", () => {
  const predict = labelOnlyPredictor(
    fineDivingLabels.filter(({ split }) => split === 'train'),
    transitionsOf,
  );
  const test = fineDivingLabels.filter(({ split }) => split === 'test');
  const predictions = test.map(predict);
  const scores = test.map(({ score }) => score);
  // rounded: some dive numbers have the same mean, which sums in another order make different in the last digit
  const predicted = predictions.map(({ score }) => Number(score.toFixed(9)));
  expect(spearman(predicted, scores)).toBeCloseTo(golden.meanScoreOfDiveNumber.srcc, 9);
  expect(100 * relativeL2(predicted, scores)).toBeCloseTo(golden.meanScoreOfDiveNumber.rl2x100, 9);
  const actual = test.map(transitionsOf);
  const shares = (transitions: number[][]) => ({
    aiou50: expect.closeTo(100 * averageIoU(transitions, actual, 0.5), 9),
    aiou75: expect.closeTo(100 * averageIoU(transitions, actual, 0.75), 9),
  });
  expect(golden.medianTransitions).toEqual(shares(predictions.map(({ transitions }) => transitions)));
  expect(golden.medianTransitionsOfDiveNumber).toEqual(
    shares(predictions.map(({ transitionsOfDiveNumber }) => transitionsOfDiveNumber)),
  );
  // windowed decoding can never be right for these
  expect(actual.filter(([first, second]) => first! >= frames / 2 || second! < frames / 2)).toHaveLength(
    golden.outsideWindows,
  );
});
