import { useTestEngine } from '@mcore/testing/engines';
import { distance } from '@mcore/testing/errors';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

/** 0, 1, 2, ... in a shape, so that all elements differ. */
function counting(shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.Tensor {
  return tf.reshape(tf.range(0, tf.util.sizeFromShape(shape), 1, dtype), shape);
}

/** Results of a call on the cpu backend and on wasm with replaced kernels, as plain values. */
async function onBoth(call: () => tf.Tensor | tf.Tensor[]) {
  const run = () =>
    tf.tidy(() =>
      [call()].flat().map((tensor) => ({ shape: tensor.shape, dtype: tensor.dtype, values: [...tensor.dataSync()] })),
    );
  await useTestEngine('cpu');
  const expected = run();
  await useTestEngine('wasm after registerOps');
  const before = tf.memory().numDataBuffers;
  const actual = run();
  expect(tf.memory().numDataBuffers).toBe(before);
  return { actual, expected };
}

describe('replaced kernels on wasm equal those of the cpu backend', () => {
  beforeAll(() => useTestEngine('wasm after registerOps'));

  it.each([
    [[7], [2], [3]],
    [
      [4, 5],
      [1, 2],
      [2, 3],
    ],
    [
      [4, 5],
      [1, 0],
      [2, 5],
    ],
    [
      [3, 4, 5],
      [0, 1, 0],
      [3, 2, 5],
    ],
    [
      [2, 3, 4, 5],
      [1, 1, 1, 1],
      [1, 2, 3, 4],
    ],
    [
      [2, 3, 4, 3, 6],
      [0, 1, 2, 1, 1],
      [2, 2, 1, 2, 5],
    ],
    [
      [2, 3, 2, 3, 2, 4],
      [1, 1, 0, 1, 0, 1],
      [1, 2, 2, 1, 1, 2],
    ],
    [
      [3, 4],
      [1, 1],
      [-1, -1],
    ],
    [
      [3, 4],
      [0, 0],
      [3, 4],
    ],
    [
      [3, 4],
      [1, 0],
      [0, 4],
    ],
  ])('slice of %j from %j, size %j', async (shape, begin, size) => {
    for (const make of [
      counting,
      (own: number[]) => counting(own, 'int32'),
      (own: number[]) => tf.greater(counting(own), 5),
    ]) {
      const { actual, expected } = await onBoth(() => tf.slice(make(shape), begin, size));
      expect(actual).toEqual(expected);
    }
  });

  it('slice rejects ranges outside the input', () => {
    expect(() => tf.slice(counting([4, 5]), [0, 3], [2, 3])).toThrow(
      'Error in slice2D: begin[1] + size[1] (6) would overflow input.shape[1] (5)',
    );
  });

  it.each([0, 1, 2, -1])('unstack along axis %i', async (axis) => {
    const { actual, expected } = await onBoth(() => tf.unstack(counting([3, 4, 5]), axis));
    expect(actual).toEqual(expected);
  });

  it.each([
    [2, 1],
    [[1, 3, 2], 2],
    [[2, -1], -1],
  ] as const)('split into %j along axis %i', async (sizes, axis) => {
    const { actual, expected } = await onBoth(() => tf.split(counting([3, 4, 6]), sizes as number | number[], axis));
    expect(actual).toEqual(expected);
  });

  it.each([0, 1, 2, -1])('concat along axis %i, including an empty part', async (axis) => {
    const part = (length: number) =>
      counting([3, 4, 6].map((size, index) => (index === (axis + 3) % 3 ? length : size)));
    for (const lengths of [[2, 0, 5], [4]]) {
      const { actual, expected } = await onBoth(() => tf.concat(lengths.map(part), axis));
      expect(actual).toEqual(expected);
    }
  });

  it.each([
    [
      [3, 5],
      [1, 0],
    ],
    [
      [8, 12],
      [1, 0],
    ],
    [
      [2, 1, 3],
      [2, 0, 1],
    ],
    [
      [2, 3, 4],
      [1, 0, 2],
    ],
    [
      [2, 3, 4],
      [0, 2, 1],
    ],
    [
      [2, 3, 4, 5],
      [3, 1, 0, 2],
    ],
    [
      [2, 3, 4, 5],
      [0, 2, 1, 3],
    ],
    [
      [2, 2, 3, 2, 3],
      [2, 3, 4, 1, 0],
    ],
    [
      [2, 2, 3, 2, 3],
      [1, 0, 3, 2, 4],
    ],
    [
      [2, 2, 2, 2, 2, 3],
      [5, 4, 3, 2, 1, 0],
    ],
    [
      [1, 4, 1],
      [2, 1, 0],
    ],
    [
      [1, 1],
      [1, 0],
    ],
  ])('transpose of %j by %j', async (shape, order) => {
    for (const dtype of ['float32', 'int32'] as const) {
      const { actual, expected } = await onBoth(() => tf.transpose(counting(shape, dtype), order));
      expect(actual).toEqual(expected);
    }
  });

  it('clone and cast to the same type share values, and outlive the original', () => {
    const x = counting([2, 3]);
    const copies = [tf.clone(x), tf.cast(x, 'float32')];
    const buffers = tf.memory().numDataBuffers;
    x.dispose();
    expect(tf.memory().numDataBuffers).toBe(buffers);
    for (const copy of copies) {
      expect([...copy.dataSync()]).toEqual([0, 1, 2, 3, 4, 5]);
      copy.dispose();
    }
    expect([...tf.cast(tf.tensor([1.5, -2.5]), 'int32').dataSync()]).toEqual([1, -2]);
  });

  it.each([
    [
      [3, 5],
      [5, 7],
    ],
    [
      [9, 33],
      [33, 12],
    ],
    [
      [1, 40],
      [40, 70],
    ],
    [
      [2, 3, 5],
      [2, 5, 7],
    ],
    [
      [2, 3, 5],
      [1, 5, 7],
    ],
    [
      [1, 3, 5],
      [2, 5, 7],
    ],
    [
      [2, 2, 6, 4],
      [2, 2, 4, 8],
    ],
  ])('matMul of %j and %j in all orientations (relative L2 1e-6)', async (shapeA, shapeB) => {
    const turned = (shape: number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const run = () =>
        tf.matMul(
          tf.randomNormal(transposeA ? turned(shapeA) : shapeA, 0, 1, 'float32', 1),
          tf.randomNormal(transposeB ? turned(shapeB) : shapeB, 0, 1, 'float32', 2),
          transposeA,
          transposeB,
        );
      const { actual, expected } = await onBoth(run);
      const [a, b] = [actual[0]!, expected[0]!];
      expect(await distance(tf.tensor(a.values, a.shape), tf.tensor(b.values, b.shape))).toBeLessThan(1e-6);
    }
  });

  it('NaN and infinities pass through as on the cpu backend', async () => {
    const special = () => tf.tensor([[NaN, Infinity, -Infinity, 0, 1, -1, 2, 3]]);
    const { actual, expected } = await onBoth(() => tf.matMul(special(), special(), true, false));
    expect(actual).toEqual(expected);
  });
});
