/** A file of any kind: its size and a way to read a part of it. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** Reads bytes `start` to `end - 1`, all of which are within the file. */
  read(start: number, end: number): Promise<Uint8Array>;
  close?(): void;
}

const BLOCK_BYTES = 256 * 1024;
const KEPT_BLOCKS = 32;

/** The same file, read in blocks of which the last 8 MiB used are kept. */
export function blockCache({ size, read, close }: ByteSource): ByteSource {
  const blocks = new Map<number, Promise<Uint8Array>>();

  const block = (index: number): Promise<Uint8Array> => {
    const kept = blocks.get(index);
    blocks.delete(index);
    const start = index * BLOCK_BYTES;
    const found = kept ?? read(start, Math.min(size, start + BLOCK_BYTES));
    blocks.set(index, found);
    if (blocks.size > KEPT_BLOCKS) blocks.delete(blocks.keys().next().value!);
    return found;
  };

  return {
    size,
    async read(start, end) {
      const bytes = new Uint8Array(end - start);
      for (let index = Math.floor(start / BLOCK_BYTES); index * BLOCK_BYTES < end; index++) {
        const from = index * BLOCK_BYTES;
        const part = (await block(index)).subarray(Math.max(0, start - from), Math.min(BLOCK_BYTES, end - from));
        bytes.set(part, Math.max(0, from - start));
      }
      return bytes;
    },
    ...(close && { close }),
  };
}
