/** For tests only: nothing that is published imports this. */
import '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { registerOps } from '@mcore/ops';
import { readSafetensors, type SafeTensor } from '@mcore/safetensors';
import { prepareWebgpu, useTestWebgpu } from '@mcore/webgpu-testing';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';
import { configOfSizes as ofSizes } from './__fixtures__/config-of-sizes.mjs';
import { loadTensors, MCoRe, type MCoReConfig, presetConfig } from './index.js';

const noWebgpu = await prepareWebgpu();

/** What models run on, in this order: the kernels of `@mcore/ops` stay once they are registered. */
const backends = ['cpu', 'wasm', 'wasm after registerOps', 'webgpu', 'webgpu after registerOps'] as const;

/** One suite a backend, webgpu skipped with its reason where there is none. */
export function describeOnBackends(title: string, suite: (backend: string) => void): void {
  for (const name of backends) {
    const reason = name.startsWith('webgpu') ? noWebgpu : null;
    describe.skipIf(reason !== null)(`${title} on ${name}${reason === null ? '' : `: skipped, ${reason}`}`, () => {
      beforeAll(() => useBackend(name));
      suite(name);
    });
  }
}

/** Makes one of the backends current. */
export async function useBackend(name: (typeof backends)[number]): Promise<void> {
  const [backend] = name.split(' ');
  if (backend === 'webgpu') await useTestWebgpu();
  else {
    setWasmPaths(new URL('.', import.meta.resolve('@tensorflow/tfjs-backend-wasm')).pathname);
    await tf.setBackend(backend!);
  }
  if (name.endsWith('registerOps')) await registerOps();
}

/** The bytes of a file in `__fixtures__`; goldens/model.py made it. */
export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`__fixtures__/${name}`, import.meta.url)));
}

/** Tensors and metadata of a fixture. */
export function readFixture(name: string) {
  const { tensors, metadata } = readSafetensors(fixtureBytes(`${name}.safetensors`));
  return {
    tensors,
    metadata,
    values: (key: string) => tensors.get(key)!.data as Float32Array,
    /** Those whose name begins so, by the rest of it. */
    under: (prefix: string): Map<string, SafeTensor> =>
      new Map(
        [...tensors].flatMap(([key, tensor]) =>
          key.startsWith(prefix) ? [[key.slice(prefix.length), tensor] as const] : [],
        ),
      ),
  };
}

/** The configuration of a fixture's model in the form of a preset; dropout is off. */
export function configOfSizes(metadata: Readonly<Record<string, string>>, preset: 'paper' | 'released'): MCoReConfig {
  return ofSizes(metadata, presetConfig(preset));
}

/** The small model of goldens/model.py with its weights, and the clips it was run on: three queries, then their exemplars. */
export function goldenModel(preset: 'paper' | 'released') {
  const { tensors, metadata } = readFixture('small');
  const config = configOfSizes(metadata, preset);
  const model = new MCoRe(config, { seed: 0 });
  const { data, shape } = tensors.get('frames')!;
  const { transitions, scores } = JSON.parse(metadata.labels!) as { transitions: number[][]; scores: number[] };
  loadTensors(model, new Map([...tensors].filter(([name]) => name !== 'frames')));
  const clips = (first: number, count: number) => {
    const [, ...frame] = shape as [number, number, number, number, number];
    const size = tf.util.sizeFromShape(frame);
    const bytes = (data as Uint8Array).slice(first * size, (first + count) * size);
    return {
      frames: tf.tensor5d(Float32Array.from(bytes), [count, ...frame]),
      transitions: transitions.slice(first, first + count),
      scores: scores.slice(first, first + count),
    };
  };
  const pairs = scores.length / 2;
  return { model, query: clips(0, pairs), exemplar: clips(pairs, pairs), all: clips(0, 2 * pairs) };
}

/** |values - golden| / |golden| over all elements; |values| where golden is 0. */
export function relativeError(values: ArrayLike<number>, golden: ArrayLike<number>): number {
  if (values.length !== golden.length) return Number.POSITIVE_INFINITY;
  let [difference, size] = [0, 0];
  for (let index = 0; index < golden.length; index++) {
    difference += (values[index]! - golden[index]!) ** 2;
    size += golden[index]! ** 2;
  }
  return Math.sqrt(difference / (size || 1));
}
