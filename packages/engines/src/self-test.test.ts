import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCpu } from './load-browser.js';
import { relativeError, selfTest } from './self-test.js';
import type { Check } from './self-test-checks.js';

const check = (name: string, run: Check['run'], expected: number[]): Check => ({
  name,
  run,
  expected: () => Float64Array.from(expected),
});

describe('selfTest', () => {
  beforeAll(async () => {
    await loadCpu();
    await tf.setBackend('cpu');
  });

  it('reports the error of each check and fails above the tolerance of 1e-4', async () => {
    const report = await selfTest([
      check('right', () => tf.tensor1d([1, 2]), [1, 2]),
      check('off', () => tf.tensor1d([1, 2.5]), [1, 2]),
    ]);
    expect(report.passed).toBe(false);
    expect(report.worst).toBe(0.25);
    expect(report.tolerance).toBe(1e-4);
    expect(report.checks).toEqual([
      { name: 'right', error: 0, passed: true },
      { name: 'off', error: 0.25, passed: false },
    ]);
  });

  it('fails for values that are not finite, for another number of values and for errors', async () => {
    const report = await selfTest([
      check('NaN', () => tf.tensor1d([1, Number.NaN]), [1, 2]),
      check('short', () => tf.tensor1d([1]), [1, 2]),
      check('throws', () => tf.matMul(tf.zeros([2, 3]), tf.zeros([2, 3])), [1]),
    ]);
    expect(report.worst).toBeNaN();
    expect(report.checks.map(({ passed }) => passed)).toEqual([false, false, false]);
    expect(report.checks[2]!.failure).toMatch(/inner shapes \(3\) and \(2\)/);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await selfTest();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('relativeError is the largest difference over the largest value', () => {
    expect(relativeError([1, -4.2], [1.1, -4])).toBeCloseTo(0.05, 12);
    expect(relativeError([Number.POSITIVE_INFINITY], [1])).toBeNaN();
  });
});
