import { readFileSync } from 'node:fs';
import { ArgumentError, ShapeError } from '@mcore/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dtype, dtypes, type SafeTensor } from './dtypes.js';
import { readSafetensors, writeSafetensors } from './index.js';

const golden = new Uint8Array(readFileSync(new URL('./__fixtures__/every-dtype.safetensors', import.meta.url)));

describe('writeSafetensors', () => {
  it('gives the bytes of the official library, whatever the order of the input', () => {
    const { tensors, metadata } = readSafetensors(golden);
    expect(writeSafetensors(tensors, metadata)).toEqual(golden);
    expect(writeSafetensors(new Map([...tensors].reverse()), metadata)).toEqual(golden);
  });

  it('takes a plain object and writes only the part of a buffer that the array shows', () => {
    const data = Float32Array.of(7, 8, 9).subarray(1, 2);
    const { tensors } = readSafetensors(writeSafetensors({ a: { dtype: 'F32', shape: [1], data } }));
    expect(tensors.get('a')!.data).toEqual(Float32Array.of(8));
  });

  it('writes an empty file', () => {
    const { tensors, metadata } = readSafetensors(writeSafetensors({}));
    expect([tensors.size, Object.keys(metadata)]).toEqual([0, []]);
  });

  const float = (tensor: object) => ({ dtype: 'F32', shape: [1], data: new Float32Array(1), ...tensor }) as SafeTensor;
  it.each<[string, () => unknown, Error]>([
    [
      'elements',
      () => writeSafetensors({ a: float({ shape: [2, 3] }) }),
      new ShapeError('writeSafetensors: "a" of shape [2, 3] must have 6 elements, got 1.'),
    ],
    [
      'sizes',
      () => writeSafetensors({ a: float({ shape: [-1] }) }),
      new ArgumentError('writeSafetensors: shape of "a" must be whole numbers, got [-1].'),
    ],
    [
      'array type',
      () => writeSafetensors({ a: float({ dtype: 'F16' }) }),
      new ArgumentError('writeSafetensors: data of "a" must be a Uint16Array for F16, got Float32Array.'),
    ],
    [
      'dtype',
      () => writeSafetensors({ a: float({ dtype: 'float32' }) }),
      new ArgumentError(
        `writeSafetensors: dtype of "a" must be one of ${[...dtypes.keys()].join(', ')}, got "float32".`,
      ),
    ],
    [
      'reserved name',
      () => writeSafetensors({ __metadata__: float({}) }),
      new ArgumentError('writeSafetensors: a tensor must not be named "__metadata__", got one.'),
    ],
    [
      'lone surrogate',
      () => writeSafetensors({ '\ud800': float({}) }),
      new ArgumentError('writeSafetensors: names and metadata must be valid Unicode, got "\\ud800".'),
    ],
    [
      'metadata',
      () => writeSafetensors({}, { epoch: 3 } as unknown as Record<string, string>),
      new ArgumentError('writeSafetensors: metadata "epoch" must be a string, got number.'),
    ],
  ])('refuses wrong %s', (_, write, error) => {
    expect(write).toThrow(error);
  });
});

describe('properties', () => {
  const wellFormed = fc.string({ unit: 'binary' });
  const tensor: fc.Arbitrary<SafeTensor> = fc
    .tuple(fc.constantFrom(...dtypes.keys()), fc.array(fc.nat(4), { maxLength: 4 }))
    .chain(([name, shape]) => {
      const { array } = dtypes.get(name)!;
      const elements = shape.reduce((product, size) => product * size, 1);
      const bytes = elements * array.BYTES_PER_ELEMENT;
      return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw) => {
        const data = new array(raw.slice().buffer, 0, elements);
        return { dtype: name as Dtype, shape, data } as SafeTensor;
      });
    });
  const named = fc.uniqueArray(fc.tuple(wellFormed, tensor), { selector: ([name]) => name, maxLength: 8 });

  it('what is written is read back, bit for bit', () => {
    fc.assert(
      fc.property(named, fc.dictionary(wellFormed, wellFormed, { noNullPrototype: true }), (entries, metadata) => {
        fc.pre(entries.every(([name]) => name !== '__metadata__'));
        const read = readSafetensors(writeSafetensors(new Map(entries), metadata));
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
        expect(read.tensors.size).toBe(entries.length);
        for (const [name, { dtype, shape, data }] of entries) {
          const found = read.tensors.get(name)!;
          expect([found.dtype, found.shape, bytesOf(found.data)]).toEqual([dtype, shape, bytesOf(data)]);
        }
      }),
    );
  });

  it('changing bytes of a file ends in a DataError or in tensors that fit the file', () => {
    const change = fc.tuple(fc.nat(golden.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = golden.slice();
        for (const [position, value] of changes) bytes[position] = value;
        try {
          const { tensors } = readSafetensors(bytes);
          const total = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
          expect(total).toBeLessThan(bytes.length);
        } catch (error) {
          expect(error).toMatchObject({ name: 'DataError' });
        }
      }),
      { numRuns: 500 },
    );
  });
});

function bytesOf(data: SafeTensor['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
