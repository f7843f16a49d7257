import * as tf from '@tensorflow/tfjs-core';

/** Inputs and attributes as tfjs kernels take them. */
export interface KernelCall {
  inputs: Record<string, tf.Tensor>;
  attributes?: Record<string, unknown>;
}

/** Whether `registerOps` registered a kernel of this name for the current backend. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) != null;
}

/**
 * Runs the current backend's own kernel of this name, or the plain formulation if the backend has no such kernel. Keeps no other tensors.
 */
export function runKernelOr<Output extends tf.Tensor | tf.Tensor[]>(
  name: string,
  call: KernelCall,
  plain: () => Output,
): Output {
  if (hasKernel(name)) {
    return tf.engine().runKernel(name, call.inputs, (call.attributes ?? {}) as tf.NamedAttrMap) as Output;
  }
  return tf.tidy(plain);
}
