const bits = new DataView(new ArrayBuffer(4));

/**
 * Widens IEEE 754 half-precision numbers; exact.
 *
 * @param values - Bits of the numbers, any length.
 * @returns The same numbers in single precision; NaN stays NaN.
 */
export function float16ToFloat32(values: Uint16Array): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = fromHalf(values[i]!);
  return result;
}

/**
 * Narrows to IEEE 754 half precision, rounding to nearest, ties to even, as PyTorch and numpy do.
 *
 * @param values - Numbers; from 65520 on they become infinite.
 * @returns Bits of the nearest half-precision numbers; NaN becomes the quiet NaN 0x7e00 with its sign.
 */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const result = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = toHalf(values[i]!);
  return result;
}

/**
 * Widens bfloat16 numbers; exact, since bfloat16 is the upper half of a single-precision number.
 *
 * @param values - Bits of the numbers, any length.
 * @returns The same numbers in single precision.
 */
export function bfloat16ToFloat32(values: Uint16Array): Float32Array {
  const result = new Float32Array(values.length);
  const words = new Uint32Array(result.buffer);
  for (let i = 0; i < values.length; i++) words[i] = values[i]! << 16;
  return result;
}

/**
 * Narrows to bfloat16, rounding to nearest, ties to even, as PyTorch does.
 *
 * @param values - Numbers; those above the largest bfloat16 (3.39e38) by half a step become infinite.
 * @returns Bits of the nearest bfloat16 numbers; NaN becomes the quiet NaN 0x7fc0 with its sign.
 */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const result = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const word = wordOf(values[i]!);
    const even = (word >>> 16) & 1;
    result[i] = Number.isNaN(values[i]!) ? signOf(word) | 0x7fc0 : (word + 0x7fff + even) >>> 16;
  }
  return result;
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function toHalf(value: number): number {
  const word = wordOf(value);
  const sign = signOf(word);
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00; // halfway between 65504, the largest, and the next step
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24); // subnormal; 1024 is the smallest normal
  // 23 bits of fraction become 10; a carry out of the fraction rightly raises the exponent
  const rebiased = (word & 0x7fffffff) - ((127 - 15) << 23);
  return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

function wordOf(value: number): number {
  bits.setFloat32(0, value);
  return bits.getUint32(0);
}

/** The sign of a single-precision word, where a 16-bit number has it. */
function signOf(word: number): number {
  return (word >>> 16) & 0x8000;
}
