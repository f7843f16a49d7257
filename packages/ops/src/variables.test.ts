import { WeightsError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { useTestEngine } from '@mcore/testing/engines';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  biasUniform,
  constant,
  createVariables,
  disposeVariables,
  kaimingUniform,
  loadWeights,
  normal,
  normalFanOut,
  uniform,
} from './index.js';

const SPECS = {
  'fc.weight': { shape: [4, 3], initializer: kaimingUniform },
  'fc.bias': { shape: [4], initializer: biasUniform([4, 3]) },
  'bn.running_var': { shape: [4], initializer: constant(1), trainable: false },
};
const moments = (values: Float32Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
};

describe('initialisers match PyTorch and timm', () => {
  // nn.Conv2d(32, 64, 3): kaiming_uniform_(a=sqrt(5)) is uniform within 1 / sqrt(32 * 9), deviation bound / sqrt(3)
  it.each([
    ['kaimingUniform of a convolution', kaimingUniform, [64, 32, 3, 3], 1 / Math.sqrt(288)],
    ['kaimingUniform of a linear layer', kaimingUniform, [64, 100], 0.1],
    ['biasUniform', biasUniform([64, 100]), [20_000], 0.1],
    ['uniform', uniform(0.5), [20_000], 0.5],
  ])('%s is uniform within its bound (2 %% of the deviation)', (_, initializer, shape, bound) => {
    const drawn = initializer(shape, new Random(1));
    const { mean, deviation } = moments(drawn);
    expect(drawn).toHaveLength(tf.util.sizeFromShape(shape));
    expect(drawn.every((value) => Math.abs(value) <= Math.fround(bound))).toBe(true);
    expect(Math.abs(mean)).toBeLessThan(0.03 * bound);
    expect(deviation / (bound / Math.sqrt(3))).toBeCloseTo(1, 1.7);
  });

  // timm's RegNet: normal_(0, sqrt(2 / (3 * 3 * 368 / 46))) for its grouped convolutions
  it.each([
    ['normalFanOut', normalFanOut(), [368, 152, 1, 1], Math.sqrt(2 / 368)],
    ['normalFanOut of 46 groups', normalFanOut(46), [368, 8, 3, 3], Math.sqrt(2 / 72)],
    ['normal', normal(0.01), [30_000], 0.01],
  ])('%s has its deviation (2 %%)', (_, initializer, shape, expected) => {
    const { mean, deviation } = moments(initializer(shape, new Random(1)));
    expect(Math.abs(mean)).toBeLessThan(0.03 * expected);
    expect(deviation / expected).toBeCloseTo(1, 1.7);
  });
});

describe('createVariables', () => {
  beforeAll(() => useTestEngine('wasm'));

  it('gives the same values for the same seed, independent of other variables, and keeps no other tensors', () => {
    const before = tf.memory().numTensors;
    const all = createVariables(SPECS, 7);
    const one = createVariables({ 'fc.weight': SPECS['fc.weight'] }, 7);
    const other = createVariables(SPECS, 8);
    expect(tf.memory().numTensors - before).toBe(7);
    expect([...all.keys()]).toEqual(Object.keys(SPECS));
    expect(one.get('fc.weight')!.dataSync()).toEqual(all.get('fc.weight')!.dataSync());
    expect(other.get('fc.weight')!.dataSync()).not.toEqual(all.get('fc.weight')!.dataSync());
    expect([...all.values()].map(({ trainable }) => trainable)).toEqual([true, true, false]);
    [all, one, other].forEach(disposeVariables);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('loadWeights', () => {
  let variables: Map<string, tf.Variable>;
  beforeAll(() => useTestEngine('wasm'));
  beforeEach(() => {
    variables = createVariables(SPECS, 7);
  });
  afterEach(() => disposeVariables(variables));

  const given = () => ({
    'module.fc.weight': tf.ones([4, 3]),
    'module.fc.bias': tf.fill([4], 2, 'int32'),
    'module.bn.running_var': tf.fill([4], 3),
    'module.bn.num_batches_tracked': tf.scalar(5),
  });

  it('sets every variable from a map or an object; the given tensors stay usable', () => {
    const weights = given();
    const before = tf.memory().numTensors;
    loadWeights('Model.load', variables, weights, { prefixes: ['module.', 'net.'] });
    expect(tf.memory().numTensors).toBe(before);
    expect([...variables.values()].map((variable) => variable.dataSync()[3])).toEqual([1, 2, 3]);
    expect(variables.get('fc.bias')!.dtype).toBe('float32');
    tf.dispose(weights);
    expect([...variables.get('fc.weight')!.dataSync()]).toEqual(Array(12).fill(1));
    loadWeights('Model.load', variables, new Map(Object.entries({ ...given(), 'head.x': tf.scalar(0) })), {
      prefixes: ['module.'],
      ignore: (name) => name.startsWith('head.'),
    });
  });

  it('reports everything that is missing, extra or misshapen and changes nothing', () => {
    const before = [...variables.values()].map((variable) => [...variable.dataSync()]);
    const weights = { 'fc.weight': tf.ones([3, 4]), 'fc.bias': tf.ones([4]), 'fc.scale': tf.ones([1]) };
    expect(() => loadWeights('Model.load', variables, weights)).toThrow(
      new WeightsError(
        "Model.load: the weights must be the model's 3 tensors, got 1 missing (bn.running_var); 1 extra (fc.scale); " +
          '1 misshapen (fc.weight must be [4, 3], got [3, 4]).',
      ),
    );
    expect([...variables.values()].map((variable) => [...variable.dataSync()])).toEqual(before);
  });

  it('rejects two names that become equal', () => {
    expect(() =>
      loadWeights('Model.load', variables, { ...given(), 'fc.bias': tf.ones([4]) }, { prefixes: ['module.'] }),
    ).toThrow(new WeightsError('Model.load: names must differ without their prefixes, got fc.bias twice.'));
  });
});
