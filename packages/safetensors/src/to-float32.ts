import { ArgumentError } from '@mcore/errors';
import type { SafeTensor } from './dtypes.js';
import { bfloat16ToFloat32, float16ToFloat32 } from './half.js';

/**
 * A tensor's values in single precision, whatever real type they are stored in.
 *
 * @param tensor - Of any dtype but the 8-bit floats.
 * @returns Its own `data` for F32 (not a copy), else a new array; F64 and integers above 2^24 are rounded.
 * @throws {@link ArgumentError} for 8-bit floats, which this package keeps as bits.
 */
export function toFloat32(tensor: SafeTensor): Float32Array {
  switch (tensor.dtype) {
    case 'F32':
      return tensor.data;
    case 'F16':
      return float16ToFloat32(tensor.data);
    case 'BF16':
      return bfloat16ToFloat32(tensor.data);
    case 'I64':
    case 'U64':
      return Float32Array.from(tensor.data as BigInt64Array, Number);
    case 'F8_E4M3':
    case 'F8_E5M2':
      throw new ArgumentError(`toFloat32: dtype must not be an 8-bit float, got ${tensor.dtype}.`);
    default:
      return Float32Array.from(tensor.data);
  }
}
