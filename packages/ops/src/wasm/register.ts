import * as tf from '@tensorflow/tfjs-core';
import { CONVOLUTION_KERNELS } from './convolution-kernels.js';
import { ELEMENTWISE_KERNELS } from './elementwise-kernels.js';
import { GATE_KERNELS } from './gate-kernels.js';
import { Heap, type WasmBackend } from './heap.js';
import type { WasmKernel } from './kernel.js';
import { compileKernels } from './module.js';
import { RECURRENCE_KERNELS } from './recurrence-kernels.js';
import { replaceStandardKernels } from './replacements.js';

let compiled: { relaxed: boolean; module: WebAssembly.Module } | null = null;
let registered = false;
const heaps = new WeakMap<tf.KernelBackend, Heap>();

/** Gives the wasm backend the kernels of this package, and faster ones for what tfjs's are slow at. */
export async function registerWasmKernels(relaxed: boolean): Promise<void> {
  if (!compiled || compiled.relaxed !== relaxed) {
    compiled = { relaxed, module: await compileKernels(relaxed) };
    heaps.delete(tf.backend());
  }
  heapOf(tf.backend());
  if (registered) {
    return;
  }
  registered = true;
  const kernels: Record<string, WasmKernel<Heap>> = {
    ...CONVOLUTION_KERNELS,
    ...GATE_KERNELS,
    ...ELEMENTWISE_KERNELS,
    ...RECURRENCE_KERNELS,
  };
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernelFunction(kernel) });
  }
  replaceStandardKernels((backend) => heapOf(backend as tf.KernelBackend));
}

function kernelFunction(kernel: WasmKernel<Heap>): tf.KernelFunc {
  return ({ inputs, attrs, backend }) =>
    kernel(heapOf(backend as tf.KernelBackend), inputs as never, (attrs ?? {}) as never);
}

/** The kernels in this backend's memory; a backend that was started anew gets its own. */
function heapOf(backend: tf.KernelBackend): Heap {
  let heap = heaps.get(backend);
  if (!heap) {
    heap = new Heap(backend as WasmBackend, compiled!.module);
    heaps.set(backend, heap);
  }
  return heap;
}
