import { Inflate } from 'fflate';
import type { Budget } from './budget.js';
import { crc32 } from './crc32.js';

/** A file in a zip archive, still packed. */
interface ZipEntry {
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerStart: number;
}

const MAX_ENTRIES = 1_000_000;
const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const UNKNOWN_32 = 0xffffffff;

/** Whether bytes begin as a zip archive with at least one file does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * Reads zip archives: files stored or deflated, also with 64-bit sizes, which PyTorch always writes.
 *
 * Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
 */
export class ZipReader {
  readonly #view: DataView;
  readonly #entries = new Map<string, ZipEntry>();

  /** Reads the directory at the end; no file is unpacked yet. */
  constructor(
    readonly bytes: Uint8Array,
    readonly budget: Budget,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { count, start } = this.#findDirectory();
    if (count > MAX_ENTRIES) throw this.#broken(`at most ${MAX_ENTRIES} files, got ${count}`);
    let position = start;
    for (let i = 0; i < count; i++) position = this.#readEntry(position);
    this.#assertApart();
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** File names in the order of the directory. */
  names(): string[] {
    return [...this.#entries.keys()];
  }

  /**
   * One file, unpacked: a view on the archive if it is stored, else new bytes taken from the budget.
   *
   * @throws DataError if there is no such file, or its size or checksum are not what the directory says.
   */
  read(name: string): Uint8Array {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw this.#broken(`a file ${JSON.stringify(name)}, got none`);
    const packed = this.#packedBytes(entry);
    const bytes = entry.method === 0 ? packed : this.#inflate(packed, entry.bytes);
    if (bytes.length !== entry.bytes) {
      throw this.#broken(`${JSON.stringify(name)} of ${entry.bytes} bytes, got ${bytes.length}`);
    }
    if (crc32(bytes) !== entry.crc) throw this.#broken(`${JSON.stringify(name)} with its checksum, got other bytes`);
    return bytes;
  }

  #findDirectory(): { count: number; start: number } {
    const last = this.bytes.length - 22;
    let end = last;
    while (end >= 0 && end > last - 65536 && !(this.#uint32(end) === END && this.#uint16(end + 20) === last - end))
      end--;
    if (end < 0 || this.#uint32(end) !== END) throw this.#broken('a directory at its end, got none');
    if (end >= 20 && this.#uint32(end - 20) === END_64_LOCATOR) {
      const end64 = this.#uint64(end - 12);
      if (this.#uint32(end64) !== END_64) throw this.#broken('a 64-bit directory, got none');
      return { count: this.#uint64(end64 + 32), start: this.#uint64(end64 + 48) };
    }
    return { count: this.#uint16(end + 10), start: this.#uint32(end + 16) };
  }

  /** Reads the directory's entry at `start` and returns where the next one begins. */
  #readEntry(start: number): number {
    if (this.#uint32(start) !== CENTRAL) throw this.#broken('a complete directory, got a broken one');
    const method = this.#uint16(start + 10);
    const [nameBytes, extraBytes] = [this.#uint16(start + 28), this.#uint16(start + 30)];
    const extra = start + 46 + nameBytes;
    const name = new TextDecoder().decode(this.#slice(start + 46, nameBytes));
    if ((this.#uint16(start + 8) & 1) !== 0) throw this.#broken(`no encrypted file, got ${JSON.stringify(name)}`);
    if (method !== 0 && method !== 8) {
      throw this.#broken(`files stored or deflated, got ${JSON.stringify(name)} packed by method ${method}`);
    }
    if (this.#entries.has(name)) throw this.#broken(`every name once, got ${JSON.stringify(name)} twice`);
    const sizes64 = this.#sizes64(extra, extra + extraBytes);
    // those of the three that do not fit 32 bits stand in the extra field, in this order
    const [bytes, packedBytes, headerStart] = [24, 20, 42].map((field) => {
      const value = this.#uint32(start + field);
      return value === UNKNOWN_32 ? (sizes64.shift() ?? value) : value;
    }) as [number, number, number];
    this.#entries.set(name, { method, crc: this.#uint32(start + 16), packedBytes, bytes, headerStart });
    return extra + extraBytes + this.#uint16(start + 32);
  }

  /** The numbers of the extra field with tag 1, if there is one. */
  #sizes64(start: number, end: number): number[] {
    let position = start;
    while (position + 4 <= end) {
      const [tag, length] = [this.#uint16(position), this.#uint16(position + 2)];
      if (tag === 1) return Array.from({ length: length >> 3 }, (_, i) => this.#uint64(position + 4 + i * 8));
      position += 4 + length;
    }
    return [];
  }

  /** Files that overlap would let a small archive claim to hold a lot. */
  #assertApart(): void {
    const entries = [...this.#entries].sort(([, a], [, b]) => a.headerStart - b.headerStart);
    let end = 0;
    for (const [name, { headerStart, packedBytes }] of entries) {
      if (headerStart < end)
        throw this.#broken(`files that do not overlap, got ${JSON.stringify(name)} inside another`);
      end = headerStart + 30 + packedBytes;
    }
  }

  #packedBytes(entry: ZipEntry): Uint8Array {
    const start = entry.headerStart;
    if (this.#uint32(start) !== LOCAL) throw this.#broken('a header before every file, got none');
    return this.#slice(start + 30 + this.#uint16(start + 26) + this.#uint16(start + 28), entry.packedBytes);
  }

  /** Unpacks in small pieces, so that a bomb is noticed before it fills the memory. */
  #inflate(packed: Uint8Array, length: number): Uint8Array {
    this.budget.takeBytes(length);
    const result = new Uint8Array(length);
    let position = 0;
    const inflate = new Inflate((chunk) => {
      if (chunk.length > length - position) throw this.#broken(`a file of ${length} bytes, got more`);
      result.set(chunk, position);
      position += chunk.length;
    });
    const step = 4096;
    try {
      for (let start = 0; start < packed.length; start += step) {
        inflate.push(packed.subarray(start, start + step), start + step >= packed.length);
      }
    } catch (cause) {
      throw this.#broken(`deflated files, got other bytes (${(cause as Error).message})`, { cause });
    }
    return result.subarray(0, position);
  }

  #slice(start: number, length: number): Uint8Array {
    if (start + length > this.bytes.length) throw this.#tooShort();
    return this.bytes.subarray(start, start + length);
  }

  #uint16(position: number): number {
    if (position + 2 > this.bytes.length) throw this.#tooShort();
    return this.#view.getUint16(position, true);
  }

  #uint32(position: number): number {
    if (position + 4 > this.bytes.length) throw this.#tooShort();
    return this.#view.getUint32(position, true);
  }

  #uint64(position: number): number {
    if (position + 8 > this.bytes.length) throw this.#tooShort();
    return Number(this.#view.getBigUint64(position, true));
  }

  #tooShort(): Error {
    return this.#broken('a whole file, got one that ends too early');
  }

  #broken(problem: string, options?: ErrorOptions): Error {
    return this.budget.error(`the zip archive must have ${problem}`, options);
  }
}
