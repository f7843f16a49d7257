import '@tensorflow/tfjs';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHead, headConfig } from '../index.js';
import { bottleneckWeight } from './config.js';
import { DIVE_STEP_GROUPS, DIVE_STEPS, diveSteps } from './dive-steps.js';
import { meanVariance, stepDivergence } from './uncertainty.js';

beforeAll(() => tf.setBackend('cpu'));

describe('diveSteps', () => {
  it.each([
    ['407c', ['Inward', '3.5 somersaults, tuck', 'Entry']],
    ['5253b', ['Back', '2.5 somersaults, pike', '1.5 twists', 'Entry']],
    ['6243d', ['Armstand back', '2 somersaults, pike', '1.5 twists', 'Entry']],
    ['101a', ['Forward', '0.5 somersaults, pike', 'Entry']],
    ['201c', ['Back', '0.5 somersaults, pike', 'Entry']],
    ['109b', ['Forward', '4.5 somersaults, pike', 'Entry']],
    ['5337d', ['Reverse', '1.5 somersaults, pike', '3.5 twists', 'Entry']],
  ])('of %s are %j', (number, steps) => {
    expect(diveSteps(number).map((slot) => DIVE_STEPS[slot])).toEqual(steps);
  });

  it('are ascending and of every group, for all dive numbers of FineDiving; there are 29 in all', () => {
    expect(DIVE_STEPS.length).toBe(29);
    expect(DIVE_STEP_GROUPS.flat()).toEqual(DIVE_STEPS.map((_, slot) => slot));
    for (const number of new Set(fineDivingLabels.map(({ diveNumber }) => diveNumber))) {
      const steps = diveSteps(number);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
      for (const group of DIVE_STEP_GROUPS) expect(steps.some((slot) => group.includes(slot))).toBe(true);
    }
  });
});

describe('diveSteps and the labels of FineDiving', () => {
  it('agree for 735 of the 749 test clips', () => {
    const names = ['Forward', 'Back', 'Reverse', 'Inward', 'Arm.Forward', 'Arm.Back', 'Arm.Reverse'];
    const nameOf = (slot: number) =>
      names[slot] ??
      DIVE_STEPS[slot]!.replace(/^([\d.]+) somersaults, (pike|tuck)$/, (_, turns, position) => {
        const plural = Number(turns) > 1 ? 's' : '';
        return `${turns} Som${plural}.${position === 'pike' ? 'Pike' : 'Tuck'}`;
      }).replace(/^([\d.]+) twists$/, (_, turns) => `${turns} Twist${Number(turns) > 1 ? 's' : ''}`);
    const test = fineDivingLabels.filter(({ split }) => split === 'test');
    const agreeing = test.filter(({ diveNumber, subActions }) => {
      const labelled = new Set([...subActions.map(({ name }) => name), 'Entry']);
      return [...labelled].sort().join() === diveSteps(diveNumber).map(nameOf).sort().join();
    });
    expect([agreeing.length, test.length]).toEqual([735, 749]);
  });
});

describe('uncertainty', () => {
  it('the divergence from the standard normal has its closed form (1e-6), over present steps alone', async () => {
    const mean = tf.tensor3d([[[1], [5]]]);
    const variance = tf.tensor3d([[[Math.E], [9]]]);
    const presence = tf.tensor3d([[[1], [0]]]);
    expect((await stepDivergence(mean, variance, presence).data())[0]).toBeCloseTo((1 + Math.E - 2) / 2, 6);
    expect((await meanVariance(variance, presence).data())[0]).toBeCloseTo(Math.E, 6);
  });

  it('the bottleneck keeps its weight for 30 epochs, then triples every 10, up to a limit', () => {
    const { bottleneck } = headConfig('rica2', 4);
    const weights = [0, 30, 39, 40, 50, 1000].map((epoch) => bottleneckWeight(bottleneck, epoch));
    expect(weights.map((weight) => Number(weight.toPrecision(6)))).toEqual([1e-5, 1e-5, 1e-5, 3e-5, 9e-5, 0.005]);
  });

  it('a stochastic prediction is the mean over its samples and comes out alike every time', async () => {
    const config = headConfig('rica2', 4, { variant: 'stochastic', width: 8, heads: 2, samples: 4 });
    const head = createHead(config, { seed: 1 });
    const mean = createHead({ ...config, samples: 0 }, { seed: 1 });
    const features = tf.ones([1, 6, 4]) as tf.Tensor3D;
    const label = { steps: diveSteps('407c'), difficulty: 3.2 };
    const [query] = await head.encode({ features }, [label]);
    const scores = await Promise.all([head, head, mean].map((each) => each.predict({ ...label, ...query! })));
    expect(scores[0]).toEqual(scores[1]);
    expect(scores[0]!.score).not.toBe(scores[2]!.score);
    expect(query!.uncertainty).toBeGreaterThan(0);
    head.dispose();
    mean.dispose();
  });
});
