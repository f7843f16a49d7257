import '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { registerOps } from '../index.js';

/** Engines that every suite runs on, in this order: what is registered can't be taken back. */
export const ENGINES = ['cpu', 'wasm', 'wasm with registered operations'] as const;

/** Makes one of {@link ENGINES} the current backend. */
export async function useEngine(engine: (typeof ENGINES)[number]): Promise<void> {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend(engine === 'cpu' ? 'cpu' : 'wasm');
  await tf.ready();
  if (engine === 'wasm with registered operations') {
    await registerOps();
  }
}
