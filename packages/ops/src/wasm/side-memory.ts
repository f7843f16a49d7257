import type * as tf from '@tensorflow/tfjs-core';
import type { KernelAttributes, KernelInputs, KernelMemory, WasmKernel } from './kernel.js';
import type { KernelModule } from './module.js';

const PAGE_BYTES = 65536;
/** The most a WebAssembly memory can have, 4 GiB; it grows to what is needed. */
const MOST_PAGES = 65536;
const STACK_BYTES = 65536;

/** How a backend that keeps its tensors elsewhere hands values over. */
export interface Transfer {
  read(tensor: tf.TensorInfo): Float32Array;
  write(values: Float32Array, shape: readonly number[]): tf.TensorInfo;
}

/**
 * The C kernels with a memory of their own: inputs are copied in and outputs out. Worth it where a kernel saves a backend
 * thousands of small operations, as the recurrent unit and the gate shift do.
 */
export class SideMemory implements KernelMemory {
  readonly kernels: KernelModule;
  readonly #memory = new WebAssembly.Memory({ initial: 4, maximum: MOST_PAGES });
  readonly #places = new Map<tf.TensorInfo, number>();
  #next = STACK_BYTES;
  #read: Transfer['read'] = () => new Float32Array();

  /** @param module - As `compileKernels` gives it. */
  constructor(module: WebAssembly.Module) {
    this.kernels = new WebAssembly.Instance(module, { env: { memory: this.#memory } })
      .exports as unknown as KernelModule;
    this.kernels.__stack_pointer.value = STACK_BYTES;
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
      this.#next = STACK_BYTES;
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

  /** Where so many floats have room until the kernel is done; a vector's width apart. */
  #allocate(floats: number): number {
    const pointer = this.#next;
    this.#next += Math.ceil((4 * floats) / 64) * 64;
    const missing = this.#next - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES)); // throws a RangeError at 4 GiB
    return pointer;
  }
}
