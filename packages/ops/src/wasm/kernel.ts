import type * as tf from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';

/** A kernel's inputs by name; those that may be left out are undefined then. */
export type KernelInputs = Readonly<Record<string, tf.TensorInfo>>;

/** A kernel's attributes by name. */
export type KernelAttributes = Readonly<Record<string, unknown>>;

/** One kernel on the wasm backend: makes its outputs and calls C functions. */
export type WasmKernel = (
  heap: Heap,
  inputs: KernelInputs,
  attributes: KernelAttributes,
) => tf.TensorInfo | tf.TensorInfo[];
