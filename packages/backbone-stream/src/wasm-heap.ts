/** What is allocated begins at multiples of this: a cache line. */
const ALIGNMENT = 64;
const PAGE = 65536;

interface Block {
  pointer: number;
  bytes: number;
}

/** Memory of a WebAssembly module, in blocks that are few and large. */
export class WasmHeap {
  readonly #memory: WebAssembly.Memory;
  readonly #free: Block[] = [];
  readonly #taken = new Map<number, Block>();
  #end: number;

  /** @param base - Where the module's own memory ends. */
  constructor(memory: WebAssembly.Memory, base: number) {
    this.#memory = memory;
    this.#end = roundUp(base, ALIGNMENT);
  }

  /**
   * A block of zeros.
   *
   * @throws RangeError if the memory can't grow.
   */
  take(bytes: number): number {
    const wanted = roundUp(Math.max(bytes, 1), ALIGNMENT);
    const index = this.#free.findIndex((block) => block.bytes >= wanted);
    const block = index < 0 ? this.#grow(wanted) : this.#free.splice(index, 1)[0]!;
    new Uint8Array(this.#memory.buffer, block.pointer, block.bytes).fill(0);
    this.#taken.set(block.pointer, block);
    return block.pointer;
  }

  /** Frees a block. */
  give(pointer: number): void {
    const block = this.#taken.get(pointer);
    if (!block) return;
    this.#taken.delete(pointer);
    this.#free.push(block);
    this.#free.sort((a, b) => a.bytes - b.bytes); // the smallest that fits is taken
  }

  floats(pointer: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, pointer, count);
  }

  /** Copies numbers or bytes into a block. */
  write(pointer: number, values: Float32Array | Int32Array | Uint8Array | Uint8ClampedArray): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.#memory.buffer).set(bytes, pointer);
  }

  #grow(bytes: number): Block {
    const pointer = this.#end;
    this.#end += bytes;
    const missing = this.#end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return { pointer, bytes };
  }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
