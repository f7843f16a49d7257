/** For tests only: nothing that is published imports this. */
import '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { registerOps } from '@mcore/ops';
import { readSafetensors, type SafeTensor } from '@mcore/safetensors';
import { prepareWebgpu, useTestWebgpu } from '@mcore/webgpu-testing';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';

const noWebgpu = await prepareWebgpu();

/** What the operations run on; the third is wasm with the kernels of `@mcore/ops`, which then stay. */
const backends = ['cpu', 'wasm', 'wasm after registerOps', 'webgpu'] as const;

/** One suite a backend, webgpu skipped with its reason where there is none. */
export function describeOnBackends(title: string, suite: (backend: string) => void): void {
  for (const name of backends) {
    const reason = name === 'webgpu' ? noWebgpu : null;
    describe.skipIf(reason !== null)(`${title} on ${name}${reason === null ? '' : `: skipped, ${reason}`}`, () => {
      beforeAll(() => useBackend(name));
      suite(name);
    });
  }
}

async function useBackend(name: (typeof backends)[number]): Promise<void> {
  if (name === 'webgpu') return useTestWebgpu();
  setWasmPaths(new URL('.', import.meta.resolve('@tensorflow/tfjs-backend-wasm')).pathname);
  await tf.setBackend(name === 'cpu' ? 'cpu' : 'wasm');
  if (name === 'wasm after registerOps') await registerOps();
}

/** Tensors of a fixture by name, and its metadata. */
export function readFixture(name: string) {
  const file = new Uint8Array(readFileSync(new URL(`__fixtures__/${name}.safetensors`, import.meta.url)));
  const { tensors, metadata } = readSafetensors(file);
  const golden = (key: string): SafeTensor => {
    const tensor = tensors.get(key);
    if (tensor === undefined) throw new Error(`no ${key} in ${name}.safetensors`);
    return tensor;
  };
  return {
    names: [...tensors.keys()],
    metadata,
    values: (key: string) => golden(key).data as Float32Array,
    tensor: (key: string) => tf.tensor(golden(key).data as Float32Array, [...golden(key).shape]),
  };
}

/** |values - golden| / |golden| over all elements. */
export function relativeError(values: ArrayLike<number>, golden: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let index = 0; index < golden.length; index++) {
    difference += (values[index]! - golden[index]!) ** 2;
    size += golden[index]! ** 2;
  }
  return Math.sqrt(difference / size);
}
