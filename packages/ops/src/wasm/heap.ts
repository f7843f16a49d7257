import { EngineError, formatShape } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelMemory } from './kernel.js';
import type { KernelFunctions, KernelLink } from './module.js';

/** Members of tfjs's wasm backend that its public type lacks. */
export interface WasmBackend extends tf.KernelBackend {
  wasm: {
    asm?: { memory?: unknown };
    HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
  };
  dataIdMap: { get(dataId: tf.DataId): { memoryOffset: number } };
  incRef(dataId: tf.DataId): void;
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

/** The kernels linked to one backend's memory. */
export class Heap implements KernelMemory {
  readonly kernels: KernelFunctions;
  readonly #backend: WasmBackend;

  /** @throws EngineError if the backend's memory can't be shared. */
  constructor(backend: WasmBackend, link: KernelLink) {
    const memory = backend.wasm.asm?.memory;
    if (!(memory instanceof WebAssembly.Memory) || !(memory.buffer instanceof ArrayBuffer)) {
      throw new EngineError(
        "registerOps: expected tfjs's single-threaded wasm backend, got one whose memory can't be shared; " +
          "call tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false) before the backend starts.",
      );
    }
    this.#backend = backend;
    this.kernels = link(memory, (bytes) => this.#allocate(bytes));
  }

  /** Address of a tensor's values; 0 for none. */
  pointer(tensor: tf.TensorInfo | undefined): number {
    return tensor ? this.#backend.dataIdMap.get(tensor.dataId).memoryOffset : 0;
  }

  /** A new tensor, its values undefined. */
  output(shape: readonly number[], dtype: tf.DataType = 'float32'): tf.TensorInfo {
    const tensor = this.#backend.makeOutput([...shape], dtype);
    if (this.pointer(tensor) === 0 && tf.util.sizeFromShape([...shape]) > 0) {
      this.#backend.disposeData(tensor.dataId);
      throw outOfMemory(formatShape(shape));
    }
    return tensor;
  }

  /** Another tensor with the same values, without a copy. */
  share({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
    this.#backend.incRef(dataId);
    return { dataId, shape, dtype };
  }

  /** Runs with temporary scratch memory. */
  scratch(floats: number, run: (pointer: number) => void): void {
    const pointer = this.#allocate(4 * floats);
    try {
      run(pointer);
    } finally {
      this.#backend.wasm._free(pointer);
    }
  }

  /** Copies bytes to a pointer. */
  write(bytes: Uint8Array | Uint8ClampedArray, pointer: number): void {
    this.#backend.wasm.HEAPU8.set(bytes, pointer);
  }

  #allocate(bytes: number): number {
    const pointer = this.#backend.wasm._malloc(bytes) >>> 0; // signed above 2 GiB
    if (pointer === 0) {
      throw outOfMemory(`${bytes} bytes`);
    }
    return pointer;
  }
}

function outOfMemory(what: string): EngineError {
  return new EngineError(`The wasm backend is out of memory: expected room for ${what}, of at most 4 GiB altogether.`);
}
