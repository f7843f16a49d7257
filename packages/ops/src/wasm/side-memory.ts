import type * as tf from '@tensorflow/tfjs-core';
import type { KernelAttributes, KernelInputs, KernelMemory, WasmKernel } from './kernel.js';
import type { KernelFunctions, KernelLink } from './module.js';

const PAGE_BYTES = 65536;
/** Maximum of a WebAssembly memory, 4 GiB; it grows as needed. */
const MOST_PAGES = 65536;
/** First address of tensors; 0 means no tensor. */
const FIRST = 64;

/** Copies values from and to a backend that keeps its tensors elsewhere. */
export interface Transfer {
  read(tensor: tf.TensorInfo): Float32Array;
  write(values: Float32Array, shape: readonly number[]): tf.TensorInfo;
}

/**
 * The C kernels with their own memory: inputs are copied in and outputs out. This pays off if a kernel replaces thousands of small
 * operations, as the GRU and the gate shift do.
 */
export class SideMemory implements KernelMemory {
  readonly kernels: KernelFunctions;
  readonly #memory = new WebAssembly.Memory({ initial: 4, maximum: MOST_PAGES });
  readonly #places = new Map<tf.TensorInfo, number>();
  #next = FIRST;
  #first = FIRST;
  #read: Transfer['read'] = () => new Float32Array();

  constructor(link: KernelLink) {
    this.kernels = link(this.#memory, (bytes) => this.#allocate(bytes / 4));
    this.#first = this.#next;
  }

  /** Runs a kernel of the wasm backend on tensors of another one. */
  run(
    kernel: WasmKernel,
    inputs: KernelInputs,
    attributes: KernelAttributes,
    { read, write }: Transfer,
  ): tf.TensorInfo[] {
    this.#read = read;
    try {
      const outputs = [kernel(this, inputs, attributes)].flat();
      return outputs.map((output) => write(this.#values(output).slice(), output.shape));
    } finally {
      this.#places.clear();
      this.#next = this.#first;
    }
  }

  pointer(tensor: tf.TensorInfo | undefined): number {
    if (!tensor) return 0;
    const place = this.#places.get(tensor);
    if (place !== undefined) return place;
    const values = this.#read(tensor);
    const pointer = this.#allocate(values.length);
    new Float32Array(this.#memory.buffer, pointer, values.length).set(values);
    this.#places.set(tensor, pointer);
    return pointer;
  }

  output(shape: readonly number[]): tf.TensorInfo {
    const tensor: tf.TensorInfo = { dataId: {}, shape: [...shape], dtype: 'float32' };
    this.#places.set(tensor, this.#allocate(shape.reduce((size, length) => size * length, 1)));
    return tensor;
  }

  scratch(floats: number, run: (pointer: number) => void): void {
    run(this.#allocate(floats));
  }

  #values(tensor: tf.TensorInfo): Float32Array {
    const size = tensor.shape.reduce((product, length) => product * length, 1);
    return new Float32Array(this.#memory.buffer, this.#places.get(tensor)!, size);
  }

  /** Allocates floats until the kernel is done, aligned to the width of a vector. */
  #allocate(floats: number): number {
    const pointer = this.#next;
    this.#next += Math.ceil((4 * floats) / 64) * 64;
    const missing = this.#next - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES)); // throws a RangeError at 4 GiB
    return pointer;
  }
}
