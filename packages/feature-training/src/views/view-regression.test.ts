import '@tensorflow/tfjs';
import { kFold } from '@mcore/metrics';
import { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitView, gramOf } from './view-regression.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Clips whose target is the first channel's mean over rows, with noise, among channels of noise. */
function madeUp(channels: number, clips = 60) {
  const [rows, random] = [2, new Random(`view ${channels}`)];
  const data = Float32Array.from({ length: clips * rows * channels }, () => random.normal());
  const target = Float64Array.from({ length: clips }, (_, clip) => {
    const at = clip * rows * channels;
    return 5 + data[at]! + data[at + channels]! + 0.2 * random.normal();
  });
  return { view: { rows, channels, data }, target, folds: kFold(clips, { folds: 4, seed: 1 }) };
}

describe('fitView', () => {
  it('gives weights at which the gradient of the ridge regression vanishes, within 1e-3', async () => {
    const { view, target, folds } = madeUp(1);
    const { ridge, weight, bias, power } = await fitView(view, target, folds, await gramOf(view));
    const [clips, size] = [target.length, view.data.length / target.length];
    const column = (at: number) => Float64Array.from(target, (_, clip) => view.data[clip * size + at]!);
    const centred = (values: Float64Array) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / clips;
      return values.map((value) => value - mean);
    };
    const inputs = Array.from({ length: size }, (_, at) => centred(column(at)));
    // screening multiplies both columns of a single channel by 1
    expect([1, size]).toEqual([view.channels, 2]);
    const scale = inputs.flatMap((values) => [...values]).reduce((sum, value) => sum + value ** 2, 0) / clips;
    const errors = centred(target).map((value, clip) => {
      return value - inputs.reduce((sum, values, at) => sum + values[clip]! * weight[at]!, 0);
    });
    for (const [at, values] of inputs.entries()) {
      const slope = values.reduce((sum, value, clip) => sum + value * errors[clip]!, 0);
      expect(Math.abs(slope - ridge * scale * weight[at]!)).toBeLessThan(1e-3);
    }
    const mean = target.reduce((sum, value) => sum + value, 0) / clips;
    const predicted = target.map((_, clip) => column(0)[clip]! * weight[0]! + column(1)[clip]! * weight[1]! + bias);
    expect(predicted.reduce((sum, value) => sum + value, 0) / clips).toBeCloseTo(mean, 4);
    expect([0, 1, 2, 4]).toContain(power);
  });

  it('screens channels where most are noise, and no clip of a fold has a part in its prediction', async () => {
    const { view, target, folds } = madeUp(300);
    const before = tf.memory().numTensors;
    const fitted = await fitView(view, target, folds, await gramOf(view));
    expect(fitted.power).toBeGreaterThan(0);
    const order = [...fitted.channelWeights.keys()].sort(
      (a, b) => fitted.channelWeights[b]! - fitted.channelWeights[a]!,
    );
    expect(order[0]).toBe(0);
    const variance = target.reduce((sum, value) => sum + (value - 5) ** 2, 0) / target.length;
    expect(fitted.error).toBeLessThan(0.5 * variance);
    const [fold] = folds;
    const changed = target.map((value, clip) => (fold!.test.includes(clip) ? -value : value));
    const other = await fitView(view, changed, [fold!], await gramOf(view));
    const same = await fitView(view, target, [fold!], await gramOf(view));
    // the setting is chosen by the test clips' error, so predictions are compared where both chose the same
    if (other.power === same.power && other.ridge === same.ridge) {
      for (const clip of fold!.test) expect(other.outOfFold[clip]).toBe(same.outOfFold[clip]);
    } else {
      expect(other.error).not.toBe(same.error);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
