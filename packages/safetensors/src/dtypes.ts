/** The typed array that holds each dtype's elements; F16, BF16 and the 8-bit floats stay as their bits. */
export interface DtypeArrays {
  F64: Float64Array;
  F32: Float32Array;
  /** IEEE 754 half precision as bits; see `float16ToFloat32`. */
  F16: Uint16Array;
  /** bfloat16 as bits; see `bfloat16ToFloat32`. */
  BF16: Uint16Array;
  F8_E4M3: Uint8Array;
  F8_E5M2: Uint8Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
  I32: Int32Array;
  U32: Uint32Array;
  I16: Int16Array;
  U16: Uint16Array;
  I8: Int8Array;
  U8: Uint8Array;
  /** One byte an element, 0 or 1. */
  BOOL: Uint8Array;
}

/** Element type names as the format writes them. */
export type Dtype = keyof DtypeArrays;

/**
 * A tensor as it lies in the file: row-major (C order), `data.length` is the product of `shape`.
 * `SafeTensor` is any of them, told apart by `dtype`; `SafeTensor<'F32'>` is one kind.
 */
export type SafeTensor<D extends Dtype = Dtype> = {
  [Kind in D]: { readonly dtype: Kind; readonly shape: readonly number[]; readonly data: DtypeArrays[Kind] };
}[D];

interface TypedArrayConstructor {
  new (buffer: ArrayBuffer, byteOffset: number, length: number): DtypeArrays[Dtype];
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
}

/** In the format's own order of alignment (Rust crate `safetensors`, enum `Dtype`): the writer sorts by the last first. */
const constructors: readonly (readonly [Dtype, TypedArrayConstructor])[] = [
  ['BOOL', Uint8Array],
  ['U8', Uint8Array],
  ['I8', Int8Array],
  ['F8_E5M2', Uint8Array],
  ['F8_E4M3', Uint8Array],
  ['I16', Int16Array],
  ['U16', Uint16Array],
  ['F16', Uint16Array],
  ['BF16', Uint16Array],
  ['I32', Int32Array],
  ['U32', Uint32Array],
  ['F32', Float32Array],
  ['F64', Float64Array],
  ['I64', BigInt64Array],
  ['U64', BigUint64Array],
];

/** What is known of one dtype; a Map, so that a name such as `constructor` in a file finds nothing. */
export const dtypes: ReadonlyMap<string, { name: Dtype; rank: number; array: TypedArrayConstructor }> = new Map(
  constructors.map(([name, array], rank) => [name, { name, rank, array }]),
);
