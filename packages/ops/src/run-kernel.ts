import * as tf from '@tensorflow/tfjs-core';

/** Inputs and attributes as tfjs kernels take them. */
export interface KernelCall {
  inputs: Record<string, tf.Tensor>;
  attributes?: Record<string, number | number[] | boolean | string>;
}

/** Whether `registerOps` gave the current backend a kernel of this name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) != null;
}

/** Runs the current backend's own kernel of this name, or the plain formulation where it has none. */
export function runKernelOr<Output extends tf.Tensor | tf.Tensor[]>(
  name: string,
  call: KernelCall,
  plain: () => Output,
): Output {
  return hasKernel(name) ? runKernel<Output>(name, call) : plain();
}

/** Runs a kernel that is known to be there. */
export function runKernel<Output extends tf.Tensor | tf.Tensor[]>(name: string, call: KernelCall): Output {
  return tf.engine().runKernel(name, call.inputs, call.attributes ?? {}) as Output;
}
