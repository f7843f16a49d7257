import * as tf from '@tensorflow/tfjs-core';
import { registerTensorflowKernels } from './tensorflow/register.js';
import { linkNative, type NativeKernels } from './wasm/link-native.js';
import { registerLinked, registerWasmKernels } from './wasm/register.js';
import { registerWebgpuKernels } from './webgpu/register.js';

/** Options of {@link registerOps}. */
export interface RegisterOpsOptions {
  /**
   * For wasm and tensorflow: whether to use fused multiply-add if the JavaScript engine has relaxed SIMD (a quarter faster). Last digits
   * then differ between processors. Default true.
   */
  relaxedSimd?: boolean;
  /**
   * Kernels compiled for this processor, from `loadNativeKernels()` of @mcore/ops/native. The current backend must be tfjs's wasm backend,
   * under any name.
   */
  native?: NativeKernels;
}

/**
 * Registers this package's faster kernels on the current tfjs backend, if there are any. Everything also works without them.
 *
 * Backends with kernels: `wasm` (C with SIMD), `webgpu` (WGSL), `tensorflow` (libtensorflow's own operations, and on a
 * processor gate shifts and recurrent units in WebAssembly). Importing the package registers nothing. Calling this again does nothing. On
 * wasm it also replaces tfjs's kernels of `slice`,
 * `unstack`, `split`, `concat`, `transpose`, `matMul`, and of `clone` and `cast` if their copy is unnecessary.
 *
 * @throws EngineError if the wasm backend runs with threads or without SIMD.
 */
export async function registerOps({ relaxedSimd = true, native }: RegisterOpsOptions = {}): Promise<void> {
  await tf.ready();
  if (native) {
    registerLinked(tf.getBackend(), linkNative(native));
    return;
  }
  switch (tf.getBackend()) {
    case 'wasm':
      await registerWasmKernels(relaxedSimd);
      break;
    case 'tensorflow':
      await registerTensorflowKernels(relaxedSimd);
      break;
    case 'webgpu':
      registerWebgpuKernels();
      break;
  }
}
