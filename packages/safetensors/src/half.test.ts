import { readFileSync } from 'node:fs';
import { ArgumentError } from '@mcore/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
  readSafetensors,
  toFloat32,
} from './index.js';

const { tensors } = readSafetensors(
  new Uint8Array(readFileSync(new URL('./__fixtures__/rounding.safetensors', import.meta.url))),
);
const values = tensors.get('values')!.data as Float32Array;

describe('narrowing, against PyTorch, tolerance 0', () => {
  it('float32ToFloat16', () => {
    expect(values.length).toBeGreaterThan(4000);
    expect(float32ToFloat16(values)).toEqual(tensors.get('float16')!.data);
  });

  it('float32ToBfloat16', () => {
    expect(float32ToBfloat16(values)).toEqual(tensors.get('bfloat16')!.data);
  });

  it('keeps NaN a NaN, with its sign', () => {
    const nans = new Float32Array(Uint32Array.of(0x7f800001, 0xffffffff).buffer);
    expect([...float32ToFloat16(nans)]).toEqual([0x7e00, 0xfe00]);
    expect([...float32ToBfloat16(nans)]).toEqual([0x7fc0, 0xffc0]);
  });
});

describe('widening', () => {
  const every = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

  it('every half-precision number comes back from its single-precision one', () => {
    const numbers = every.filter((bits) => (bits & 0x7fff) <= 0x7c00);
    expect(float32ToFloat16(float16ToFloat32(numbers))).toEqual(numbers);
    expect([...float16ToFloat32(Uint16Array.of(0x3c00, 0xc000, 1, 0x7bff, 0x7c00, 0x7c01, 0x8000))]).toEqual([
      1,
      -2,
      2 ** -24,
      65504,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      -0,
    ]);
  });

  it('every bfloat16 number comes back from its single-precision one', () => {
    const numbers = every.filter((bits) => (bits & 0x7fff) <= 0x7f80);
    expect(float32ToBfloat16(bfloat16ToFloat32(numbers))).toEqual(numbers);
    expect([...bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x7fc0))]).toEqual([
      1,
      -2,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });

  it('rounds to the nearest neighbour', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65519, max: 65519 }), (value) => {
        const [bits] = float32ToFloat16(Float32Array.of(value));
        const [rounded, up, down] = float16ToFloat32(Uint16Array.of(bits!, bits! + 1, bits! - 1));
        const error = Math.abs(rounded! - value);
        if (Number.isFinite(up)) expect(error).toBeLessThanOrEqual(Math.abs(up! - value));
        if (Number.isFinite(down)) expect(error).toBeLessThanOrEqual(Math.abs(down! - value));
      }),
    );
  });
});

describe('toFloat32', () => {
  it('widens halves and integers and returns F32 itself', () => {
    const data = Float32Array.of(0.5);
    expect(toFloat32({ dtype: 'F32', shape: [1], data })).toBe(data);
    expect(toFloat32({ dtype: 'F16', shape: [1], data: Uint16Array.of(0x3800) })).toEqual(data);
    expect(toFloat32({ dtype: 'BF16', shape: [1], data: Uint16Array.of(0x3f00) })).toEqual(data);
    expect(toFloat32({ dtype: 'F64', shape: [1], data: Float64Array.of(0.5) })).toEqual(data);
    expect(toFloat32({ dtype: 'I64', shape: [2], data: BigInt64Array.of(-3n, 4n) })).toEqual(Float32Array.of(-3, 4));
    expect(toFloat32({ dtype: 'BOOL', shape: [2], data: Uint8Array.of(0, 1) })).toEqual(Float32Array.of(0, 1));
  });

  it('refuses 8-bit floats', () => {
    expect(() => toFloat32({ dtype: 'F8_E4M3', shape: [1], data: new Uint8Array(1) })).toThrow(
      new ArgumentError('toFloat32: dtype must not be an 8-bit float, got F8_E4M3.'),
    );
  });
});
