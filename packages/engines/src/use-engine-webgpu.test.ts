import { because } from '@mcore/testing/skips';
import { prepareWebgpu } from '@mcore/testing/webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { useEngine } from './node.js';

const unavailable = await prepareWebgpu();
const onSoftware = process.env.MCORE_TEST_WEBGPU !== 'hardware';

describe.skipIf(unavailable !== null)(`webgpu${because(unavailable)}`, () => {
  it('passes its self-test on the adapter with errors below 1e-5', async () => {
    const engine = await useEngine('webgpu');
    expect(tf.getBackend()).toBe('webgpu');
    expect(engine.selfTest.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(engine.selfTest.worst).toBeLessThan(1e-5);
    if (onSoftware) expect(engine.description).toMatch(/^WebGPU on SwiftShader driver .* \(google, swiftshader\)/);
  });

  if (onSoftware)
    it('is refused by auto on a software adapter, unless that is allowed', async () => {
      const refused = await useEngine('auto');
      const attempt = refused.attempts.find(({ name }) => name === 'webgpu');
      if (refused.name !== 'tensorflow') {
        expect(attempt!.message).toMatch(/^useEngine: the only WebGPU adapter is software, SwiftShader driver/);
        expect((await useEngine('auto', { softwareAdapter: true })).name).toBe('webgpu');
      }
    });

  it('is disposed with its device and starts again on a new one', async () => {
    const engine = await useEngine('webgpu');
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    await engine.dispose();
    expect((await device.lost).reason).toBe('destroyed');
    expect((await useEngine('webgpu')).selfTest.passed).toBe(true);
    expect((tf.backend() as unknown as { device: GPUDevice }).device).not.toBe(device);
  });

  it('reports a lost device, but not after dispose()', async () => {
    const first = await useEngine('webgpu');
    let told: Error | undefined;
    first.lost.then((error) => {
      told = error;
    });
    await first.dispose();
    const engine = await useEngine('webgpu');
    const sum = tf.add(tf.ones([100, 100]), 1); // too large for tfjs's shortcut through the cpu
    (tf.backend() as unknown as { device: GPUDevice }).device.destroy();
    await expect(sum.data()).rejects.toThrow();
    expect(await engine.lost).toMatchObject({
      code: 'ERR_MCORE_ENGINE',
      message: expect.stringMatching(/^'webgpu' lost its device in the middle of the work \(destroyed/),
    });
    expect(told).toBeUndefined();
    await engine.dispose();
  });
});
