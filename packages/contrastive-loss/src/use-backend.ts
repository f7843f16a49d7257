/** For tests only: nothing that is published imports this. */
import '@tensorflow/tfjs';
import { prepareWebgpu, useTestWebgpu } from '@mcore/webgpu-testing';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';

const noWebgpu = await prepareWebgpu();

/** One suite a backend: `title` on cpu, wasm and webgpu, the last skipped with its reason where there is none. */
export function describeOnBackends(title: string, suite: (backend: string) => void): void {
  for (const name of ['cpu', 'wasm', 'webgpu'] as const) {
    const reason = name === 'webgpu' ? noWebgpu : null;
    describe.skipIf(reason !== null)(`${title} on ${name}${reason === null ? '' : `: skipped, ${reason}`}`, () => {
      beforeAll(() => useBackend(name));
      suite(name);
    });
  }
}

async function useBackend(name: 'cpu' | 'wasm' | 'webgpu'): Promise<void> {
  if (name === 'webgpu') return useTestWebgpu();
  setWasmPaths(new URL('.', import.meta.resolve('@tensorflow/tfjs-backend-wasm')).pathname);
  await tf.setBackend(name);
}
