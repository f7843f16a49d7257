import * as tf from '@tensorflow/tfjs-core';
import { CONVOLUTION_KERNELS } from './convolution-kernels.js';
import { ELEMENTWISE_KERNELS } from './elementwise-kernels.js';
import { GATE_KERNELS } from './gate-kernels.js';
import { Heap, type WasmBackend } from './heap.js';
import type { WasmKernel } from './kernel.js';
import { compileKernels, type KernelLink, linkModule } from './module.js';
import { RECURRENCE_KERNELS } from './recurrence-kernels.js';
import { replaceStandardKernels } from './replacements.js';

/** The kernels' memory by backend; a restarted backend gets its own. */
const heaps = new WeakMap<tf.KernelBackend, Heap>();
/** How the kernels of a backend are linked, by its name. */
const links = new Map<string, KernelLink>();
let compiled: { relaxed: boolean; link: KernelLink } | null = null;

/** Registers this package's kernels on the wasm backend, and replaces slow kernels of tfjs. */
export async function registerWasmKernels(relaxed: boolean): Promise<void> {
  if (compiled?.relaxed !== relaxed) compiled = { relaxed, link: linkModule(await compileKernels(relaxed)) };
  registerLinked('wasm', compiled.link);
}

/** Registers kernels on tfjs's wasm backend, under any name; they work on its memory. */
export function registerLinked(backendName: string, link: KernelLink): void {
  const registered = links.get(backendName);
  if (registered !== link) {
    links.set(backendName, link);
    heaps.delete(tf.backend());
  }
  const heapOf = (backend: tf.KernelBackend): Heap => {
    let heap = heaps.get(backend);
    if (!heap) {
      heap = new Heap(backend as WasmBackend, links.get(backendName)!);
      heaps.set(backend, heap);
    }
    return heap;
  };
  heapOf(tf.backend());
  if (registered) return;
  const kernels: Record<string, WasmKernel<Heap>> = {
    ...CONVOLUTION_KERNELS,
    ...GATE_KERNELS,
    ...ELEMENTWISE_KERNELS,
    ...RECURRENCE_KERNELS,
  };
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        kernel(heapOf(backend as tf.KernelBackend), inputs as never, (attrs ?? {}) as never),
    });
  }
  replaceStandardKernels(backendName, (backend) => heapOf(backend as tf.KernelBackend));
}
