import { EngineError } from '@mcore/errors';
import { loadNativeKernels } from '@mcore/ops/native';
import { because } from '@mcore/testing/skips';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type EngineAttempt, useEngine } from './node.js';

const noNative = (() => {
  try {
    loadNativeKernels();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
})();

describe('useEngine in Node', () => {
  it.each(['wasm', 'cpu'] as const)('%s is current and passes its self-test with errors below 1e-6', async (name) => {
    const engine = await useEngine(name);
    expect(tf.getBackend()).toBe(name);
    expect(engine.name).toBe(name);
    expect(engine.reason).toBe('asked for by name');
    expect(engine.selfTest.passed).toBe(true);
    expect(engine.selfTest.worst).toBeLessThan(1e-6);
    expect(engine.attempts).toEqual([{ name, usable: true, message: engine.description }]);
  });

  it('describes wasm with its threads and cpu with its version', async () => {
    expect((await useEngine('wasm')).description).toBe(
      `WebAssembly with SIMD, 1 thread (tfjs-backend-wasm ${tf.version_core})`,
    );
    expect((await useEngine('cpu')).description).toBe(`plain JavaScript, 1 thread (tfjs ${tf.version_core})`);
  });

  it('auto takes the first that works, and says what kept the faster ones out', async () => {
    const attempts: EngineAttempt[] = [];
    const engine = await useEngine('auto', { onAttempt: (attempt) => attempts.push(attempt) });
    expect(tf.getBackend()).toBe(engine.name === 'native' ? 'wasm' : engine.name);
    expect(attempts).toEqual(engine.attempts);
    expect(attempts.at(-1)).toEqual({ name: engine.name, usable: true, message: engine.description });
    for (const { name, message } of attempts.slice(0, -1)) {
      expect(engine.reason).toContain(`- ${name}: ${message.replace(/^useEngine: /, '')}`);
    }
  });

  it.skipIf(noNative !== null)(
    `native is tfjs's backend wasm with kernels of its own, and wasm has its own again after it${because(noNative)}`,
    async () => {
      const large = () => {
        const [a, b] = [1, 2].map((seed) => tf.randomNormal([16, 300], 0, 1, 'float32', seed));
        return [...tf.matMul(a!, b!, false, true).dataSync()];
      };
      await useEngine('wasm');
      const inWasm = large();
      const engine = await useEngine('native');
      expect(engine.name).toBe('native');
      expect(tf.getBackend()).toBe('wasm');
      expect(engine.description).toMatch(
        /^kernels compiled for AVX(2|-512), 1 thread, in WebAssembly's memory; backbone compiled for AVX(2|-512), \d+ threads?$/,
      );
      expect(engine.selfTest.worst).toBeLessThan(1e-6);
      expect(large()).not.toEqual(inWasm); // fused multiply-add has other last digits
      await useEngine('wasm');
      expect(large()).toEqual(inWasm);
    },
  );

  it('leaves no tensor behind and keeps those of the program', async () => {
    await useEngine('wasm');
    const mine = tf.tensor1d([1, 2, 3]);
    const before = tf.memory().numTensors;
    await useEngine('wasm');
    expect(tf.memory().numTensors).toBe(before);
    expect([...mine.dataSync()]).toEqual([1, 2, 3]);
    mine.dispose();
  });

  it('disposes an engine and starts it again, kernels included', async () => {
    const first = await useEngine('wasm');
    await first.dispose();
    await first.dispose(); // twice is once
    expect(tf.findBackend('wasm')).toBeNull();
    const second = await useEngine('wasm');
    expect(second.selfTest.worst).toBeLessThan(1e-6);
  });

  it('works without the kernels of @mcore/ops', async () => {
    const engine = await useEngine('cpu', { kernels: false });
    expect(engine.selfTest.passed).toBe(true);
  });

  it('refuses unknown names', async () => {
    // @ts-expect-error: what a caller in JavaScript may pass
    await expect(useEngine('gpu')).rejects.toThrow(
      new EngineError('useEngine: the engine must be one of auto, tensorflow, webgpu, native, wasm, cpu, got "gpu".'),
    );
  });
});
