import '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { registerOps } from '@mcore/ops';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** Engines that every suite runs on, in this order: what is registered can't be taken back. */
export const ENGINES = ['cpu', 'wasm', 'wasm with registered operations'] as const;

export async function useEngine(engine: (typeof ENGINES)[number]): Promise<void> {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend(engine.slice(0, engine.startsWith('wasm') ? 4 : 3));
  await tf.ready();
  if (engine === 'wasm with registered operations') {
    await registerOps();
  }
}
