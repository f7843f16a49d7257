import { describeOnEngines } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { finiteDifferences } from '@mcore/testing/finite-differences';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { crossAttention } from './cross-attention.js';
import { gelu } from './gelu.js';
import { layerNorm } from './layer-norm.js';

const close = async (tensor: tf.Tensor, values: number[], digits = 6) =>
  (await tensor.data()).forEach((value, index) => {
    expect(value).toBeCloseTo(values[index]!, digits);
  });

/** Gradient of the sum of an operation's outputs, weighted by 1, 2, 3, ..., by finite differences. */
function differences(operation: (x: tf.Tensor) => tf.Tensor, values: number[], shape: number[]): Promise<number[]> {
  const loss = async (moved: Float32Array) => (await weighted(operation(tf.tensor(moved, shape))).data())[0]!;
  return finiteDifferences(Float32Array.from(values), loss, 0.02);
}

const weighted = (y: tf.Tensor) => tf.sum(tf.mul(tf.reshape(y, [-1]), tf.range(1, y.size + 1)));

describeOnEngines('layers', ['cpu', 'wasm', 'wasm after registerOps', 'webgpu'], (engine) => {
  const rows = [0.3, -1.2, 2.2, 0.1, 0.7, -0.4, 1.5, -2.1];

  it('gelu equals its closed form (1e-5): x P(X <= x)', async () => {
    // P(X <= 1) = 0.8413447461, P(X <= 2) = 0.9772498681, P(X <= 3) = 0.9986501020: tables of the normal distribution
    const x = tf.tensor1d([0, 1, -1, 2, -3, 30, -30]);
    const expected = [0, 0.8413447461, -0.1586552539, 1.9544997361, -0.0040496941, 30, 0];
    await close(gelu(x), expected, 5);
    const gradient = tf.grad((input: tf.Tensor) => gelu(input))(x);
    // P(X <= x) + x times the density, 0.2419707245 at 1
    await close(tf.slice(gradient, 0, 3), [0.5, 0.8413447461 + 0.2419707245, 0.1586552539 - 0.2419707245], 5);
  });

  it('layerNorm equals its closed form (1e-5) for two channels: the sign of their difference', async () => {
    const y = layerNorm(
      tf.tensor2d([
        [3, 7],
        [5, 5],
      ]),
      tf.tensor1d([2, 3]),
      tf.tensor1d([10, 20]),
    );
    const unit = 2 / Math.sqrt(4 + 1e-5);
    await close(y, [10 - 2 * unit, 20 + 3 * unit, 10, 20], 5);
  });

  it('crossAttention averages values if keys are equal and picks one if a key stands out (1e-4)', async () => {
    const value = tf.tensor2d([
      [1, 2],
      [3, 4],
      [50, 60],
      [70, 80],
    ]);
    const sizes = { groups: 2, tokens: 2, heads: 2 };
    const alike = crossAttention(tf.ones([4, 2]), tf.ones([4, 2]), value, sizes);
    await close(alike, [2, 3, 2, 3, 60, 70, 60, 70], 4);
    // head 1 of group 1 attends to its second token, head 2 to its first
    const key = tf.tensor2d([
      [0, 99],
      [99, 0],
      [0, 0],
      [0, 0],
    ]);
    await close(crossAttention(tf.ones([4, 2]), key, value, sizes), [3, 2, 3, 2, 60, 70, 60, 70], 4);
  });

  it('crossAttention accepts numbers of keys and value channels that differ from those of the query (1e-4)', async () => {
    const key = tf.tensor2d([[0], [99], [0], [0], [0], [99]]); // two groups of three keys
    const value = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
      [9, 10],
      [11, 12],
    ]);
    const mixed = crossAttention(tf.ones([2, 1]), key, value, { groups: 2, tokens: 1, keys: 3, heads: 1 });
    await close(mixed, [3, 4, 11, 12], 4);
  });

  if (engine !== 'webgpu')
    it('gradients equal finite differences within 1 percent', async () => {
      const other = tf.tensor2d([1, 0.5, -0.3, 2, 0.2, -1, 1.1, 0.6], [2, 4]);
      const operations: [string, (x: tf.Tensor) => tf.Tensor][] = [
        ['gelu', gelu],
        ['layerNorm', (x) => layerNorm(x as tf.Tensor2D, tf.tensor1d([1, 2, 0.5, -1]), tf.tensor1d([0, 1, 0, 1]))],
        ['attention, query', (x) => crossAttention(x as tf.Tensor2D, other, other, { groups: 1, tokens: 2, heads: 2 })],
        ['attention, key', (x) => crossAttention(other, x as tf.Tensor2D, other, { groups: 1, tokens: 2, heads: 2 })],
        ['attention, value', (x) => crossAttention(other, other, x as tf.Tensor2D, { groups: 1, tokens: 2, heads: 2 })],
      ];
      for (const [name, operation] of operations) {
        const gradient = tf.grad((x: tf.Tensor) => weighted(operation(x)))(tf.tensor(rows, [2, 4]));
        expect(relativeError(await gradient.data(), await differences(operation, rows, [2, 4])), name).toBeLessThan(
          0.01,
        );
      }
    });

  it('keep no tensor but their results', () => {
    const x = tf.tensor2d(rows, [2, 4]);
    const [scale, shift] = [tf.ones([4]) as tf.Tensor1D, tf.zeros([4]) as tf.Tensor1D];
    const before = tf.memory().numTensors;
    tf.dispose([gelu(x), layerNorm(x, scale, shift), crossAttention(x, x, x, { groups: 1, tokens: 2, heads: 2 })]);
    tf.dispose(
      tf.grads((a: tf.Tensor, b: tf.Tensor) => layerNorm(gelu(a) as tf.Tensor2D, b as tf.Tensor1D, shift))([x, scale]),
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
