import { hashedTensor } from '@mcore/testing/backbone-values';
import { useTestEngine } from '@mcore/testing/engines';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { moments } from './batch-layers.js';

describe.each(['cpu', 'wasm'] as const)('moments on %s', (engine) => {
  beforeAll(() => useTestEngine(engine));

  /** Columns with means far from 0, where a naive variance loses precision. */
  const rows = () => tf.add(hashedTensor('rows', [1000, 6], 2), tf.tensor1d([0, 3, -20, 100, 5, -7])) as tf.Tensor2D;

  it.each([6000, 700, 64, 6, 1])('%i values at a time equal those of all rows in float64 (1e-5)', (valuesAtOnce) => {
    const values = rows();
    const { mean, variance } = moments(values, valuesAtOnce);
    const table = values.arraySync();
    for (let column = 0; column < 6; column++) {
      const expected = table.reduce((sum, row) => sum + row[column]!, 0) / 1000;
      const spread = table.reduce((sum, row) => sum + (row[column]! - expected) ** 2, 0) / 1000;
      expect(Math.abs(mean.dataSync()[column]! - expected) / (1 + Math.abs(expected))).toBeLessThan(1e-5);
      expect(Math.abs(variance.dataSync()[column]! / spread - 1)).toBeLessThan(1e-5);
    }
    tf.dispose([values, mean, variance]);
  });

  it('have the same gradient in blocks as at once (1e-5), and leak no tensor', () => {
    const x = rows();
    const before = tf.memory().numTensors;
    const gradient = (valuesAtOnce: number) =>
      tf.grad((values: tf.Tensor) => {
        const { mean, variance } = moments(values as tf.Tensor2D, valuesAtOnce);
        return tf.sum(tf.add(tf.square(mean), tf.log(variance)));
      })(x);
    const [whole, parts] = [gradient(6000), gradient(100)];
    const difference = tf.tidy(() => tf.max(tf.abs(tf.sub(whole, parts))).dataSync()[0]!);
    const size = tf.tidy(() => tf.max(tf.abs(whole)).dataSync()[0]!);
    expect(difference / size).toBeLessThan(1e-5);
    tf.dispose([whole, parts]);
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});
