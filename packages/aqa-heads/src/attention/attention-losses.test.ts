import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { attentionLosses } from './attention-losses.js';

beforeAll(() => tf.setBackend('cpu'));

const valuesOf = async (losses: ReturnType<typeof attentionLosses>) =>
  Promise.all([losses.order, losses.ends, losses.spread].map(async (loss) => (await loss.data())[0]!));

it('attentionLosses has its closed forms (1e-5)', async () => {
  const frame = (at: number) => Array.from({ length: 10 }, (_, index) => (index === at - 1 ? 1 : 0));
  const apart = frame(4).map((value, index) => (value + frame(8)[index]!) / 2); // centre 6, 2 away on both sides
  const attention = tf.tensor3d([[frame(2), apart, frame(9)]]);
  const all = await valuesOf(attentionLosses(attention, { order: [[0, 1, 2]], margin: 3.5 }));
  // centres 2, 6, 9: hinges 0 and 0.5; ends 1 - 2 + 3.5 and 9 - 10 + 3.5
  for (const [index, expected] of [0.25, 5, 2 / 3].entries()) expect(all[index]).toBeCloseTo(expected, 5);
  const two = await valuesOf(attentionLosses(attention, { order: [[0, 2]], margin: 3.5 }));
  expect(two[0]).toBe(0);
  const one = await valuesOf(attentionLosses(attention, { order: [[1]], margin: 3.5 }));
  expect([one[0], one[1]]).toEqual([0, 0]); // no pair; 6 is at least 3.5 from both ends
});
