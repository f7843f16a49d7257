import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { useEngine } from './node.js';
import { runningBackend } from './running-backend.js';

it('is the backend that was started, and starts none that is only registered', async () => {
  await import('@tensorflow/tfjs-backend-wasm');
  expect(tf.findBackendFactory('wasm')).not.toBeNull();
  expect(runningBackend('wasm')).toBeUndefined();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(runningBackend('wasm')).toBeUndefined();
  const engine = await useEngine('wasm');
  expect(runningBackend('wasm')).toBe(tf.backend());
  await engine.dispose();
  await engine.dispose();
  expect(runningBackend('wasm')).toBeUndefined();
});
