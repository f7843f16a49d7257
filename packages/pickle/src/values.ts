/** The typed array of each element type; names as in safetensors files. */
export interface ElementArrays {
  F64: Float64Array;
  F32: Float32Array;
  /** IEEE 754 half precision as bits. */
  F16: Uint16Array;
  /** bfloat16 as bits. */
  BF16: Uint16Array;
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

/** Element types of numbers. */
export type ElementType = keyof ElementArrays;

/** A tensor or numpy array of numbers, row-major, whatever order or strides it had in Python. */
export type NumericArray<T extends ElementType = ElementType> = {
  [Kind in T]: { dtype: Kind; shape: number[]; data: ElementArrays[Kind] };
}[T];

/** A numpy array of text (numpy's `U` and `S`). */
export interface TextArray {
  dtype: 'TEXT';
  shape: number[];
  data: string[];
}

/** A numpy array of arbitrary values (numpy's `object`). */
export interface ObjectArray {
  dtype: 'OBJECT';
  shape: number[];
  data: PickleValue[];
}

/** Any array; told apart by `dtype`. */
export type PickledArray = NumericArray | TextArray | ObjectArray;

/**
 * The value of a pickle. None is `null`; int a number, or a bigint beyond 2^53; list and tuple an array; dict and
 * OrderedDict a `Map` in Python's order (tuples as keys are arrays: compare them by content); set and frozenset a `Set`;
 * bytes and bytearray a `Uint8Array`; a numpy scalar the plain value.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickledArray
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>;

/** Whether a value is a tensor or a numpy array; every other object is an array, a Map, a Set or a `Uint8Array`. */
export function isPickledArray(value: PickleValue): value is PickledArray {
  return typeof value === 'object' && value !== null && 'dtype' in value;
}

interface ElementArrayConstructor {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): ElementArrays[ElementType];
  readonly BYTES_PER_ELEMENT: number;
}

export const elementArrays: Readonly<Record<ElementType, ElementArrayConstructor>> = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** Values that exist only on the reader's stack and must not remain in the result: globals, dtypes, storages. */
export abstract class Internal {
  abstract describe(): string;
}
