import '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { registerOps } from '@mcore/ops';
import { loadNativeKernels, type NativeKernels } from '@mcore/ops/native';
import { findInstallations, loadTensorflow } from '@mcore/tensorflow-native';
import { prepareWebgpu, useTestWebgpu } from '@mcore/testing/webgpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

// before anything imports the webgpu backend
const noWebgpu = process.env.MCORE_PARITY_ENGINE === 'webgpu' ? await prepareWebgpu() : null;

/** The columns of the table. */
export const ENGINES = ['cpu', 'wasm, plain', 'wasm', 'native', 'webgpu', 'tensorflow'] as const;

/** A column of the table. */
export type ParityEngine = (typeof ENGINES)[number];

/**
 * Makes an engine the current one; with the kernels of `@mcore/ops` where it has any, but for `wasm, plain`.
 *
 * @returns What it is, for the table; or why it can't be used here.
 */
export async function startEngine(name: ParityEngine): Promise<{ about: string } | { unavailable: string }> {
  switch (name) {
    case 'cpu':
      await tf.setBackend('cpu');
      return { about: `plain JavaScript, tfjs ${tf.version_core}` };
    case 'wasm, plain':
    case 'wasm':
      await startWasm();
      if (name === 'wasm') await registerOps();
      return { about: name === 'wasm' ? 'with the C kernels of @mcore/ops' : "tfjs's own kernels alone" };
    case 'native': {
      let native: NativeKernels;
      try {
        native = loadNativeKernels();
      } catch (error) {
        return { unavailable: (error as Error).message };
      }
      await startWasm();
      await registerOps({ native });
      return { about: `wasm with the same C kernels compiled for the processor (${native.instructions})` };
    }
    case 'webgpu':
      if (noWebgpu !== null) return { unavailable: noWebgpu };
      await useTestWebgpu();
      await registerOps();
      return { about: 'with the WGSL kernels of @mcore/ops, on SwiftShader (a software adapter)' };
    case 'tensorflow': {
      if (findInstallations().length === 0) return { unavailable: 'not installed (npx mcore-tensorflow install)' };
      const { tensorflow, gpu } = loadTensorflow();
      await tf.setBackend('tensorflow');
      await registerOps();
      return { about: `native TensorFlow ${tensorflow}${gpu ? ' on a GPU' : ''} with the kernels of @mcore/ops` };
    }
  }
}

async function startWasm(): Promise<void> {
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
}
