import { EngineError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { chooseEngine, type EngineLoader, type EngineLoaders } from './choose-engine.js';
import { useEngine } from './index.js';
import { browserLoaders, loadCpu } from './load-browser.js';
import { wasmFolder } from './load-node.js';

const missing: EngineLoader = async () => {
  throw new EngineError('useEngine: it is not there. Install it.');
};

/** The real cpu engine, plus what a case is about. */
function loaders(replaced: Partial<EngineLoaders>): EngineLoaders {
  return { tensorflow: missing, webgpu: missing, native: missing, wasm: missing, cpu: loadCpu, ...replaced };
}

/** The real cpu backend, registered under another name, with a product that is off by one in a thousand. */
const inexact: EngineLoader = async () => {
  await loadCpu();
  const cpu = tf.getKernelsForBackend('cpu');
  for (const kernel of cpu) tf.registerKernel({ ...kernel, backendName: 'webgpu' });
  const product = tf.getKernel('BatchMatMul', 'cpu');
  tf.unregisterKernel('BatchMatMul', 'webgpu');
  tf.registerKernel({
    kernelName: 'BatchMatMul',
    backendName: 'webgpu',
    kernelFunc: (call) => {
      const result = product.kernelFunc(call) as tf.TensorInfo;
      const values = (call.backend as unknown as { data: Map<object, { values: Float32Array }> }).data.get(
        result.dataId,
      )!.values;
      for (let i = 0; i < values.length; i++) values[i]! *= 1.001;
      return result;
    },
  });
  tf.registerBackend('webgpu', tf.findBackendFactory('cpu'));
  return { description: 'inexact' };
};

describe('chooseEngine', () => {
  afterEach(() => {
    if (tf.findBackendFactory('webgpu') === null) return;
    tf.removeBackend('webgpu');
    for (const { kernelName } of tf.getKernelsForBackend('webgpu')) tf.unregisterKernel(kernelName, 'webgpu');
  });

  it('skips what is missing and gives the reasons', async () => {
    const engine = await chooseEngine(loaders({}), 'auto', {});
    expect(engine.name).toBe('cpu');
    expect(engine.reason).toBe(
      'the fastest that works here and passed its self-test. Not used:\n- tensorflow: it is not there. Install it.\n- webgpu: it is not there. Install it.\n- native: it is not there. Install it.\n- wasm: it is not there. Install it.',
    );
  });

  it('skips an engine whose products are off by 1e-3', async () => {
    const engine = await chooseEngine(loaders({ webgpu: inexact }), 'auto', {});
    expect(engine.name).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
    expect(engine.attempts[1]!.message).toMatch(
      /^useEngine: 'webgpu' failed its self-test \(at most 0\.0001 of the largest value is allowed\): matMul: off by 1\.0e-3 of its largest value; matMul, gradient of the left factor: off by 2\.0e-3/,
    );
  });

  it('refuses an engine asked for by name that fails its self-test, and restores the one before', async () => {
    await chooseEngine(loaders({}), 'cpu', {});
    await expect(chooseEngine(loaders({ webgpu: inexact }), 'webgpu', {})).rejects.toThrow(
      /matMul: off by 1\.0e-3 of its largest value.*Use another engine, or update the driver or package it needs\.$/s,
    );
    expect(tf.getBackend()).toBe('cpu');
  });

  it('turns what a loader throws into an EngineError', async () => {
    const broken: EngineLoader = async () => {
      throw new TypeError('no such thing');
    };
    const failure = chooseEngine(loaders({ webgpu: broken }), 'webgpu', {});
    await expect(failure).rejects.toThrow(
      new EngineError("useEngine: the engine 'webgpu' failed to start: no such thing"),
    );
  });

  it('lists every reason when nothing works', async () => {
    await expect(chooseEngine(loaders({ cpu: missing }), 'auto', {})).rejects.toThrow(
      new EngineError(
        'useEngine: no engine works here.\n- tensorflow: it is not there. Install it.\n- webgpu: it is not there. Install it.\n- native: it is not there. Install it.\n- wasm: it is not there. Install it.\n- cpu: it is not there. Install it.',
      ),
    );
  });
});

describe('useEngine for browsers', () => {
  it('takes cpu, with errors below 1e-6', async () => {
    const engine = await useEngine('cpu');
    expect(engine.selfTest.worst).toBeLessThan(1e-6);
  });

  it('auto does not try tensorflow', async () => {
    const engine = await useEngine('auto', { wasmPaths: wasmFolder() });
    expect(engine.attempts.map(({ name }) => name)).toEqual(['webgpu', 'wasm']);
  });

  it('says where tensorflow is available', async () => {
    await expect(useEngine('tensorflow')).rejects.toThrow(
      new EngineError(
        "useEngine: 'tensorflow' needs Node: import useEngine from @mcore/engines/node there. Browsers have webgpu, wasm and cpu.",
      ),
    );
  });

  it('says what WebGPU needs', async () => {
    await expect(chooseEngine(browserLoaders, 'webgpu', {})).rejects.toThrow(
      new EngineError(
        'useEngine: WebGPU is not available here. In a browser it needs a secure page (https or localhost) and a browser with WebGPU; in Node import useEngine from @mcore/engines/node and install the npm package webgpu.',
      ),
    );
  });
});
