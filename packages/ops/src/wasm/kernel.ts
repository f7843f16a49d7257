import type * as tf from '@tensorflow/tfjs-core';
import type { KernelFunctions } from './module.js';

/** A kernel's inputs by name; omitted optional inputs are undefined. */
export type KernelInputs = Readonly<Record<string, tf.TensorInfo>>;

/** A kernel's attributes by name. */
export type KernelAttributes = Readonly<Record<string, unknown>>;

/** Memory that C functions work on: the wasm backend's own, or one beside another backend. */
export interface KernelMemory {
  readonly kernels: KernelFunctions;
  /** Address of a tensor's values; 0 for none. Make all outputs first. */
  pointer(tensor: tf.TensorInfo | undefined): number;
  /** A new tensor, its values undefined. */
  output(shape: readonly number[]): tf.TensorInfo;
  /** Runs with temporary scratch memory. */
  scratch(floats: number, run: (pointer: number) => void): void;
}

/** One kernel of gate shifts or recurrent units: makes its outputs and calls C functions. */
export type WasmKernel<Memory extends KernelMemory = KernelMemory> = (
  memory: Memory,
  inputs: KernelInputs,
  attributes: KernelAttributes,
) => tf.TensorInfo | tf.TensorInfo[];
