import type { StreamKernels } from './kernels.js';

let current: StreamKernels | undefined;

/**
 * Makes kernels those that `GsmRegNetY.inferenceModel()` of `@mcore/backbone-gsm` computes with from now on; `useEngine` of `@mcore/engines`
 * does it for its engines `wasm` and `native`.
 *
 * @param kernels - Undefined: none, so that tfjs computes.
 */
export function setStreamKernels(kernels: StreamKernels | undefined): void {
  current = kernels;
}

/** What {@link setStreamKernels} was given last. */
export function streamKernels(): StreamKernels | undefined {
  return current;
}
