import '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { findInstallations, loadTensorflow } from '@mcore/tensorflow-native';
import { prepareWebgpu, useTestWebgpu } from '@mcore/webgpu-testing';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';
import { registerOps } from '../index.js';
import { loadNativeKernels } from '../native.js';

/** A backend, with or without the kernels of this package. */
interface Engine {
  name: string;
  /** Why it can't be used here, or null. */
  unavailable: string | null;
  use(): Promise<unknown>;
}

const noTensorflow = findInstallations().length > 0 ? null : 'not installed (npx mcore-tensorflow install)';
const noNative = reasonWithout(loadNativeKernels);
const noWebgpu = await prepareWebgpu();

/** In this order: what is registered can't be taken back. */
const ENGINES = {
  cpu: { unavailable: null, use: () => useBackend('cpu') },
  wasm: { unavailable: null, use: () => useBackend('wasm') },
  'wasm with registered operations': {
    unavailable: null,
    use: async () => {
      await useBackend('wasm');
      await registerOps({ relaxedSimd: false });
    },
  },
  'wasm with operations compiled for this processor': {
    unavailable: noNative,
    use: async () => {
      await useBackend('wasm');
      await registerOps({ native: loadNativeKernels() });
    },
  },
  'wasm with operations compiled for AVX2': {
    unavailable: noNative,
    use: async () => {
      await useBackend('wasm');
      await registerOps({ native: loadNativeKernels({ instructions: 'AVX2' }) });
    },
  },
  tensorflow: {
    unavailable: noTensorflow,
    use: () => {
      loadTensorflow();
      return useBackend('tensorflow');
    },
  },
  'tensorflow with registered operations': {
    unavailable: noTensorflow,
    use: async () => {
      loadTensorflow();
      await useBackend('tensorflow');
      await registerOps();
    },
  },
  webgpu: { unavailable: noWebgpu, use: useTestWebgpu },
  'webgpu with registered operations': {
    unavailable: noWebgpu,
    use: async () => {
      await useTestWebgpu();
      await registerOps();
    },
  },
} satisfies Record<string, Omit<Engine, 'name'>>;

/** Makes one engine the current backend. */
export async function useEngine(name: keyof typeof ENGINES): Promise<void> {
  await ENGINES[name].use();
}

/** Why an engine can't be used here, or null. */
export function unavailable(name: keyof typeof ENGINES): string | null {
  return ENGINES[name].unavailable;
}

/** Runs a suite on every engine that can be used here; the others are skipped and say why. */
export function describeOnEngines(title: string, suite: () => void): void {
  for (const [name, { unavailable, use }] of Object.entries(ENGINES)) {
    const reason = unavailable === null ? '' : `: skipped, ${unavailable}`;
    describe.skipIf(unavailable !== null)(`${title} on ${name}${reason}`, () => {
      beforeAll(async () => {
        await use();
      });
      suite();
    });
  }
}

async function useBackend(name: string): Promise<void> {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend(name);
  await tf.ready();
}

function reasonWithout(load: () => unknown): string | null {
  try {
    load();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
