import { EngineError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type EngineAttempt, useEngine } from './node.js';

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
    expect(tf.getBackend()).toBe(engine.name);
    expect(attempts).toEqual(engine.attempts);
    expect(attempts.at(-1)).toEqual({ name: engine.name, usable: true, message: engine.description });
    for (const { name, message } of attempts.slice(0, -1)) {
      expect(engine.reason).toContain(`- ${name}: ${message.replace(/^useEngine: /, '')}`);
    }
  });

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
      new EngineError('useEngine: the engine must be one of auto, tensorflow, webgpu, wasm, cpu, got "gpu".'),
    );
  });
});
