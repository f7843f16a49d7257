import type { Budget } from './budget.js';

/** Reads numbers, lines and slices one after the other; every read past the end is a DataError. */
export class Cursor {
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly budget: Budget,
    public position = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** An unsigned 64-bit number. Above 2^53 it is rounded, but no file is that long. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** Pickles write floats with the highest byte first. */
  float64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** The next bytes, as a view. */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.bytes.subarray(start, start + length);
  }

  /** The bytes up to the next line feed, which is skipped. */
  line(): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end === -1) throw this.#tooShort();
    const line = this.take(end - this.position);
    this.position++;
    return line;
  }

  assertEnd(): void {
    const rest = this.bytes.length - this.position;
    if (rest !== 0)
      throw this.budget.error(`expected the end of the data at byte ${this.position}, got ${rest} more bytes`);
  }

  #advance(length: number): number {
    const start = this.position;
    if (!(length <= this.bytes.length - start)) throw this.#tooShort();
    this.position += length;
    return start;
  }

  #tooShort(): Error {
    return this.budget.error(`expected more bytes, got the end of the data at byte ${this.bytes.length}`);
  }
}
