import { because } from '@mcore/testing/skips';
import { temporaryFolder } from '@mcore/testing/temporary-folder';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { findInstallations, loadTensorflow } from './index.js';

it.each([
  ['cpu', 'loadTensorflow: TensorFlow is not installed. npx mcore-tensorflow install gets it (Linux x64).'],
  [
    'cuda',
    'loadTensorflow: TensorFlow with CUDA is not installed. npx mcore-tensorflow install --cuda gets it (Linux x64).',
  ],
] as const)('says how to install %s', (variant, message) => {
  expect(() => loadTensorflow({ variant, cache: temporaryFolder() })).toThrow(message);
});

const missing = findInstallations().length > 0 ? null : 'TensorFlow is not installed (npx mcore-tensorflow install)';

describe.skipIf(missing !== null)(`loadTensorflow${because(missing)}`, () => {
  beforeAll(async () => {
    await import('@tensorflow/tfjs'); // gradients
    loadTensorflow();
    await tf.setBackend('tensorflow');
  });

  it("is a backend of the program's own tfjs-core, loaded once", () => {
    expect(tf.getBackend()).toBe('tensorflow');
    expect(tf.backend()).toBeInstanceOf(tf.KernelBackend);
    expect(loadTensorflow()).toBe(loadTensorflow());
    expect(tf.add(1, 2)).toBeInstanceOf(tf.Tensor);
  });

  it('convolves and differentiates, equal to hand-computed values', () => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const filter = tf.tensor4d([1, 10, 100, 1000], [2, 2, 1, 1]);
    const y = tf.conv2d(x, filter, 1, 'valid');
    expect([...y.dataSync()]).toEqual([4321]);
    const [dx, dFilter] = tf.grads((x: tf.Tensor, filter: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'),
    )([x, filter]);
    expect([...dx!.dataSync()]).toEqual([1, 10, 100, 1000]);
    expect([...dFilter!.dataSync()]).toEqual([1, 2, 3, 4]);
  });

  it('runs the functions that use what Node 23 removed', () => {
    const { values, indices } = tf.topk(tf.tensor1d([1, 3, 2]), 2);
    expect([...values.dataSync()]).toEqual([3, 2]);
    expect([...indices.dataSync()]).toEqual([1, 2]);
    expect([
      ...tf
        .matMul(
          tf.eye(2),
          tf.tensor2d([
            [1, 2],
            [3, 4],
          ]),
        )
        .dataSync(),
    ]).toEqual([1, 2, 3, 4]);
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => tf.softmax(tf.matMul(tf.ones([8, 8]), tf.ones([8, 8]))).dataSync());
    expect(tf.memory().numTensors).toBe(before);
  });
});
