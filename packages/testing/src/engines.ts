import { because } from './skips.js';
import '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { registerOps } from '@mcore/ops';
import { loadNativeKernels } from '@mcore/ops/native';
import { findInstallations, loadTensorflow } from '@mcore/tensorflow-native';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';
import { prepareWebgpu, useTestWebgpu } from './webgpu.js';

interface Engine {
  /** Why it can't be used here, or null. */
  unavailable: string | null;
  use(): Promise<unknown>;
}

const noTensorflow =
  findInstallations().length > 0 ? null : 'TensorFlow is not installed (npx mcore-tensorflow install)';
const noNative = reasonWithout(loadNativeKernels);
const noWebgpu = await prepareWebgpu();

/** tfjs's backends, with and without the kernels of `@mcore/ops`, in this order: registered kernels can't be taken back. */
const ENGINES = {
  cpu: { unavailable: null, use: () => useBackend('cpu') },
  wasm: { unavailable: null, use: () => useBackend('wasm') },
  'wasm after registerOps': {
    unavailable: null,
    use: async () => {
      await useBackend('wasm');
      await registerOps({ relaxedSimd: false });
    },
  },
  'wasm with native kernels': {
    unavailable: noNative,
    use: async () => {
      await useBackend('wasm');
      await registerOps({ native: loadNativeKernels() });
    },
  },
  'wasm with native kernels for AVX2': {
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
  'tensorflow after registerOps': {
    unavailable: noTensorflow,
    use: async () => {
      loadTensorflow();
      await useBackend('tensorflow');
      await registerOps();
    },
  },
  webgpu: { unavailable: noWebgpu, use: useTestWebgpu },
  'webgpu after registerOps': {
    unavailable: noWebgpu,
    use: async () => {
      await useTestWebgpu();
      await registerOps();
    },
  },
} satisfies Record<string, Engine>;

/** A tfjs backend to test on, with or without the kernels of `@mcore/ops`. */
export type TestEngine = keyof typeof ENGINES;

/** All of them, in the order in which one process can use them. */
export const ALL_ENGINES = Object.keys(ENGINES) as TestEngine[];

/** Makes one engine the current backend. */
export async function useTestEngine(name: TestEngine): Promise<void> {
  await ENGINES[name].use();
}

/** Why an engine can't be used here, or null. */
export function unavailable(name: TestEngine): string | null {
  return ENGINES[name].unavailable;
}

/** Runs a suite on each of the engines; those that can't be used here are skipped with the reason in their name. */
export function describeOnEngines(
  title: string,
  engines: readonly TestEngine[],
  suite: (engine: TestEngine) => void,
): void {
  for (const name of engines) {
    const { unavailable, use } = ENGINES[name] as Engine;
    describe.skipIf(unavailable !== null)(`${title} on ${name}${because(unavailable)}`, () => {
      beforeAll(async () => {
        await use();
      });
      suite(name);
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
