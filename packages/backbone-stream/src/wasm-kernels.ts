import { EngineError } from '@mcore/errors';
import { BASELINE, RELAXED } from './binary.js';
import type { FrameData, KernelBackbone, KernelStream, StreamKernels } from './kernels.js';
import { WasmHeap } from './wasm-heap.js';

/** What {@link loadWasmKernels} may be told. */
export interface WasmOptions {
  /**
   * Whether fused multiply-add may be used where the engine has relaxed SIMD, default true. Its last digits are other ones; false gives the
   * same digits everywhere.
   */
  readonly relaxedSimd?: boolean;
}

/** Functions of c/wasm.c. */
interface Exports {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global;
  backbone_bytes(config: number): number;
  backbone_make(memory: number, config: number, weights: number, order: number, widest: number): number;
  stream_bytes(backbone: number, height: number, width: number): number;
  stream_make(memory: number, backbone: number, height: number, width: number): number;
  stream_scratch_bytes(stream: number): number;
  stream_restart(stream: number): void;
  stream_run(
    ...args: [
      stream: number,
      frames: number,
      isBytes: number,
      count: number,
      drain: number,
      ended: number,
      output: number,
      scratch: number,
    ]
  ): number;
}

/** Frames that are copied into the module's memory at a time. */
const SLICE = 16;

/**
 * The backbone in WebAssembly with SIMD, for browsers, their workers and every runtime of JavaScript; one thread.
 *
 * @throws {@link EngineError} if the runtime has no WebAssembly with SIMD.
 */
export async function loadWasmKernels({ relaxedSimd = true }: WasmOptions = {}): Promise<StreamKernels> {
  const relaxed = relaxedSimd && WebAssembly.validate(decode(RELAXED));
  const bytes = decode(relaxed ? RELAXED : BASELINE);
  if (!WebAssembly.validate(bytes)) {
    throw new EngineError(
      'loadWasmKernels: expected WebAssembly with 128-bit SIMD, got a runtime without it. Use a newer browser or Node 20.',
    );
  }
  const module = await WebAssembly.compile(bytes);
  return {
    description: `WebAssembly with ${relaxed ? 'relaxed SIMD' : 'SIMD'}, 1 thread`,
    makeBackbone: (config, weights) => new WasmBackbone(module, config, weights),
  };
}

class WasmBackbone implements KernelBackbone {
  readonly #exports: Exports;
  readonly #heap: WasmHeap;
  readonly #pointer: number;
  readonly #features: number;

  constructor(module: WebAssembly.Module, config: Int32Array, weights: Float32Array) {
    // a memory of its own: what it frees, the runtime frees with it
    this.#exports = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.#heap = new WasmHeap(this.#exports.memory, this.#exports.__heap_base.value as number);
    const widths = config.subarray(4, 4 + config[3]!);
    const widest = Math.max(config[0]!, ...widths);
    this.#features = widths.at(-1)!;
    const sizes = this.#heap.take(config.byteLength);
    this.#heap.write(sizes, config);
    const block = this.#heap.take(this.#exports.backbone_bytes(sizes));
    const values = this.#heap.take(weights.byteLength);
    this.#heap.write(values, weights);
    const order = this.#heap.take(2 * widest * Int32Array.BYTES_PER_ELEMENT);
    this.#pointer = this.#exports.backbone_make(block, sizes, values, order, widest);
    for (const pointer of [sizes, values, order]) this.#heap.give(pointer);
  }

  makeStream(height: number, width: number): KernelStream {
    const { stream_bytes, stream_make, stream_scratch_bytes, stream_restart, stream_run } = this.#exports;
    const heap = this.#heap;
    const features = this.#features;
    const stream = stream_make(heap.take(stream_bytes(this.#pointer, height, width)), this.#pointer, height, width);
    const scratch = heap.take(stream_scratch_bytes(stream));
    const frameSize = height * width * 3;
    const input = heap.take(SLICE * frameSize * Float32Array.BYTES_PER_ELEMENT);
    let output = { pointer: heap.take(0), room: 0 };
    let waiting = 0; // frames that were given and have no features yet
    const runSlice = (frames: FrameData, count: number, drain: boolean, ended: boolean, to: Float32Array): number => {
      waiting += count;
      if (output.room < waiting * features) {
        heap.give(output.pointer);
        const room = (waiting + SLICE) * features;
        output = { pointer: heap.take(room * Float32Array.BYTES_PER_ELEMENT), room };
      }
      heap.write(input, frames);
      const isBytes = frames instanceof Float32Array ? 0 : 1;
      const args = [count, drain ? 1 : 0, ended ? 1 : 0, output.pointer, scratch] as const;
      const final = stream_run(stream, input, isBytes, ...args);
      to.set(heap.floats(output.pointer, final * features));
      waiting -= final;
      return final;
    };
    return {
      run: (frames, count, ended, to) => {
        let final = 0;
        for (let start = 0; start === 0 || start < count; start += SLICE) {
          const end = Math.min(count, start + SLICE);
          const slice = frames.subarray(start * frameSize, end * frameSize);
          const isLast = end === count;
          final += runSlice(slice, end - start, isLast, isLast && ended, to.subarray(final * features));
        }
        return final;
      },
      restart: () => {
        stream_restart(stream);
        waiting = 0;
      },
      dispose: () => {
        for (const pointer of [stream, scratch, input, output.pointer]) heap.give(pointer);
      },
    };
  }

  dispose(): void {} // the memory goes with the instance
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
