import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { useEngine } from './node.js';

describe('useEngine', () => {
  it.each(['wasm', 'cpu'] as const)('%s passes its self-test with errors below 1e-5 and is current', async (name) => {
    const engine = await useEngine(name);
    expect(tf.getBackend()).toBe(name);
    expect(engine.selfTest.passed).toBe(true);
    expect(engine.selfTest.worst).toBeLessThan(1e-5);
  });
});
