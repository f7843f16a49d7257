import * as tf from '@tensorflow/tfjs-core';
import { registerTensorflowKernels } from './tensorflow/register.js';
import { linkNative, type NativeKernels } from './wasm/link-native.js';
import { registerLinked, registerWasmKernels } from './wasm/register.js';
import { registerWebgpuKernels } from './webgpu/register.js';

/** Which of the kernels {@link registerOps} may use. */
export interface RegisterOpsOptions {
  /**
   * wasm and tensorflow: whether fused multiply-add may be used where the engine has relaxed SIMD (a quarter faster). Last digits then
   * differ between processors. Default true.
   */
  relaxedSimd?: boolean;
  /**
   * The kernels compiled for this processor, `loadNativeKernels()` of @mcore/ops/native. The current backend must be tfjs's wasm
   * backend, under this or any other name.
   */
  native?: NativeKernels;
}

/**
 * Gives the current tfjs backend the faster kernels of this package, where it has some; everything works without.
 *
 * Backends with kernels: `wasm` (C with SIMD), `webgpu` (WGSL), `tensorflow` (libtensorflow's own operations, and on a
 * processor gate shifts and recurrent units in WebAssembly). Explicit, so that
 * importing the package changes nothing. Calling it again does nothing. On wasm it also replaces tfjs's kernels of `slice`,
 * `unstack`, `split`, `concat`, `transpose`, `matMul`, and of `clone` and `cast` where they copy for nothing.
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
