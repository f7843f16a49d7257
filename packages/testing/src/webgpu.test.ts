import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { because } from './skips.js';
import { prepareWebgpu, useTestWebgpu } from './webgpu.js';

const unavailable = await prepareWebgpu();

describe.skipIf(unavailable !== null)(`useTestWebgpu${because(unavailable)}`, () => {
  beforeAll(useTestWebgpu);

  it('makes webgpu current on the software adapter', async () => {
    expect(tf.getBackend()).toBe('webgpu');
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    if (process.env.MCORE_TEST_WEBGPU !== 'hardware') expect(device.adapterInfo.architecture).toBe('swiftshader');
  });

  it('multiplies matrices and differentiates the product, equal to hand-computed values', async () => {
    const a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const b = tf.tensor2d([5, 6, 7, 8], [2, 2]);
    expect([...(await tf.matMul(a, b).data())]).toEqual([19, 22, 43, 50]);
    const [da] = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.matMul(a, b)))([a, b]);
    expect([...(await da!.data())]).toEqual([11, 15, 11, 15]); // sums of the rows of b
  });

  it('computes even a single number on the adapter', async () => {
    const sum = tf.add(tf.scalar(1), tf.scalar(2));
    // a synchronous read copies through a canvas, which Node doesn't have: proof that the value isn't on the cpu backend
    expect(() => sum.dataSync()).toThrow('OffscreenCanvas is not defined');
    expect([...(await sum.data())]).toEqual([3]);
  });

  it('reports errors of shaders', async () => {
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    const reported = new Promise<string>((resolve) => process.once('uncaughtException', (e) => resolve(e.message)));
    const listeners = process.listeners('uncaughtException');
    for (const listener of listeners.slice(0, -1)) process.removeListener('uncaughtException', listener);
    try {
      device.createShaderModule({ code: 'fn main( {' });
      expect(await reported).toMatch(/^WebGPU: Error while parsing WGSL/);
    } finally {
      for (const listener of listeners.slice(0, -1)) process.on('uncaughtException', listener);
    }
  });
});
