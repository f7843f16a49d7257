import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { diagnoseEngines, ENGINE_NAMES, useEngine } from './node.js';

it('diagnoses every engine, names the one auto takes and restores the current one', async () => {
  await useEngine('cpu');
  const diagnosis = await diagnoseEngines();
  expect(tf.getBackend()).toBe('cpu');
  expect(diagnosis.engines.map(({ name }) => name)).toEqual([...ENGINE_NAMES]);
  for (const { name, works, message, selfTest } of diagnosis.engines) {
    expect([name, works]).toEqual([name, selfTest?.passed === true]);
    expect(message).not.toMatch(/^useEngine/);
  }
  const wasm = diagnosis.engines.find(({ name }) => name === 'wasm')!;
  expect(wasm.works).toBe(true);
  expect(diagnosis.versions['@tensorflow/tfjs-core']).toBe(tf.version_core);
  expect(diagnosis.system.node).toBe(process.version);
  expect(diagnosis.system.memory).toBeGreaterThan(1e8);
  expect(diagnosis.system.cores).toBeGreaterThanOrEqual(1);
  expect(diagnosis.best).toBe((await useEngine('auto')).name);
});
