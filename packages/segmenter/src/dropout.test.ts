import { Random } from '@mcore/random';
import { describeOnEngines } from '@mcore/testing/engines';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { dropout } from './dropout.js';

describeOnEngines('dropout', ['cpu', 'wasm', 'wasm after registerOps', 'webgpu'], () => {
  it('zeroes a fraction of the values and scales the others, and the gradient likewise, within six standard errors', async () => {
    const x = tf.ones([50, 50]);
    const before = tf.memory().numTensors;
    const y = dropout(x, 0.3, new Random(1));
    expect(tf.memory().numTensors).toBe(before + 1);
    const values = await y.data();
    const kept = Math.fround(1 / 0.7);
    const zeros = values.filter((value) => value === 0).length;
    expect(values.every((value) => value === 0 || Math.abs(value - kept) < 1e-6)).toBe(true);
    expect(Math.abs(zeros - 750)).toBeLessThan(6 * Math.sqrt(2500 * 0.3 * 0.7));
    const gradient = tf.grad((input: tf.Tensor) => dropout(input, 0.3, new Random(1)))(x);
    expect(await gradient.data()).toEqual(values);
    expect(await dropout(x, 0, new Random(1)).data()).toEqual(await x.data());
  });
});
