import { EngineError } from '@mcore/errors';
import { unavailable, useTestEngine } from '@mcore/testing/engines';
import { because } from '@mcore/testing/skips';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { groupedConv2d, registerOps } from './index.js';
import { Heap } from './wasm/heap.js';
import { compileKernels, linkModule } from './wasm/module.js';

describe('registerOps', () => {
  it('registers kernels only when called; importing the package registers nothing', async () => {
    await useTestEngine('wasm');
    expect(tf.getKernel('McoreGroupedConv2d', 'wasm')).toBeUndefined();
    await registerOps();
    expect(tf.getKernel('McoreGroupedConv2d', 'wasm')).toBeDefined();
  });

  it('can be called again, and on a backend without kernels of its own', async () => {
    await useTestEngine('cpu');
    await registerOps();
    expect(tf.getKernel('McoreGroupedConv2d', 'cpu')).toBeUndefined();
    await useTestEngine('wasm');
    const slice = tf.getKernel('Slice', 'wasm').kernelFunc;
    await registerOps();
    expect(tf.getKernel('Slice', 'wasm').kernelFunc).toBe(slice);
  });

  it.skipIf(unavailable('tensorflow') !== null)(
    `registers kernels on tensorflow${because(unavailable('tensorflow'))}`,
    async () => {
      await useTestEngine('tensorflow after registerOps');
      expect(tf.getKernel('McoreGroupedConv2dGradient', 'tensorflow')).toBeDefined();
    },
  );

  it.skipIf(unavailable('webgpu') !== null)(
    `registers kernels on webgpu${because(unavailable('webgpu'))}`,
    async () => {
      await useTestEngine('webgpu after registerOps');
      expect(tf.getKernel('McoreGruRecurrence', 'webgpu')).toBeDefined();
    },
  );

  it('registers again on a restarted wasm backend', async () => {
    await useTestEngine('wasm after registerOps');
    const sum = () =>
      tf.tidy(
        () =>
          tf.sum(groupedConv2d(tf.ones([1, 3, 3, 8]), tf.ones([3, 3, 8, 8]), { stride: 1, groups: 1 })).dataSync()[0],
      );
    const first = sum();
    const factory = tf.findBackendFactory('wasm');
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory);
    await tf.setBackend('wasm');
    // 3x3 ones in a border of zeros: windows at 4 corners hold 4 pixels, at 4 edges 6, in the middle 9; times 8 channels and 8 outputs
    expect(sum()).toBe((4 * 4 + 4 * 6 + 9) * 64);
    expect(first).toBe((4 * 4 + 4 * 6 + 9) * 64);
  });

  it('reports what to do if the backend runs with threads', async () => {
    const module = await compileKernels(false);
    const threaded = { wasm: { asm: {} } } as never;
    expect(() => new Heap(threaded, linkModule(module))).toThrow(
      new EngineError(
        "registerOps: expected tfjs's single-threaded wasm backend, got one whose memory can't be shared; " +
          "call tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false) before the backend starts.",
      ),
    );
  });
});
