/**
 * A message in protobuf's wire format, written field by field.
 *
 * Source: "Encoding", the description of the wire format in protobuf's documentation.
 */
export class ProtobufMessage {
  readonly #parts: Uint8Array[] = [];

  /**
   * A whole number (int32, int64, enum). Negative numbers take ten bytes, as two's complement of 64 bits.
   *
   * @param field - The field's number in the schema.
   */
  integer(field: number, value: number | bigint): this {
    return this.#add(tag(field, 0), varint(BigInt.asUintN(64, BigInt(value))));
  }

  /** A 32-bit floating-point number. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#add(tag(field, 5), bytes);
  }

  /** Text, as UTF-8. */
  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  /** Bytes; not copied until {@link encode}. */
  bytes(field: number, value: Uint8Array): this {
    return this.#add(tag(field, 2), varint(BigInt(value.length)), value);
  }

  /** A message inside this one. */
  message(field: number, value: ProtobufMessage): this {
    return this.bytes(field, value.encode());
  }

  /** The message's bytes. */
  encode(): Uint8Array {
    const all = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let position = 0;
    for (const part of this.#parts) {
      all.set(part, position);
      position += part.length;
    }
    return all;
  }

  #add(...parts: Uint8Array[]): this {
    this.#parts.push(...parts);
    return this;
  }
}

/** A field's number and how its value is laid out. */
function tag(field: number, wireType: number): Uint8Array {
  return varint(BigInt(field * 8 + wireType));
}

/** Seven bits a byte, lowest first; all but the last have the top bit set. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
