import { DataError } from '@mcore/errors';
import { toFloat32 } from '@mcore/safetensors';
import { fixtureBytes } from '@mcore/testing/fixtures';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type NumericArray, readNpy, readNpz } from './index.js';

// computed by goldens/npy.py with numpy
const golden = JSON.parse(new TextDecoder().decode(fixtureBytes('pickle', 'npy/about.json'))) as {
  files: Record<string, { descr: string; shape: number[]; values: (number | string)[] }>;
  archive: { features: number[]; mask: number[] };
};

/** A .npy file of version 1 with any header. */
function npy(header: string, content = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    1,
    0,
    text.length & 255,
    text.length >> 8,
    ...text,
    ...content,
  ]);
}
const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

const valuesOf = (array: NumericArray) =>
  ['I64', 'U64', 'I32', 'U32', 'I16', 'U16', 'I8', 'U8'].includes(array.dtype)
    ? Array.from(array.data as ArrayLike<number | bigint>, String)
    : array.dtype === 'F64'
      ? [...array.data]
      : [...toFloat32(array)];

describe('readNpy, against numpy, tolerance 0', () => {
  it.each(Object.keys(golden.files))('%s', (name) => {
    const { shape, values } = golden.files[name]!;
    const array = readNpy(fixtureBytes('pickle', `npy/${name}`));
    expect(array.shape).toEqual(shape);
    expect(valuesOf(array)).toEqual(values);
  });

  it('reads a file that lies at an odd place of a larger one', () => {
    const bytes = fixtureBytes('pickle', 'npy/f8-little.npy');
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(readNpy(larger.subarray(3))).toEqual(readNpy(bytes));
  });

  it('takes the keys in any order, other quotes and the L of Python 2', () => {
    const bytes = npy(`{"shape": (2L,), "fortran_order": False, "descr": "|u1"}`, Uint8Array.of(3, 4));
    expect(readNpy(bytes)).toEqual({ dtype: 'U8', shape: [2], data: Uint8Array.of(3, 4) });
  });
});

describe('readNpy refuses', () => {
  it.each<[string, Uint8Array, string]>([
    [
      'pickled objects',
      fixtureBytes('pickle', 'npy/objects.npy'),
      'expected an array of numbers, got pickled objects (save it with dtype=numpy.float32)',
    ],
    ['text', fixtureBytes('pickle', 'npy/text.npy'), 'expected an array of numbers, got text'],
    [
      'complex numbers',
      fixtureBytes('pickle', 'npy/complex.npy'),
      'a numpy dtype must be of numbers, text or objects, got "<c16"',
    ],
    [
      'structures',
      fixtureBytes('pickle', 'npy/structured.npy'),
      'expected an array of single numbers, got a structured one',
    ],
    [
      'another file',
      fixtureBytes('pickle', 'plain-2.pickle'),
      'expected a .npy file, which begins with \\x93NUMPY, got other bytes',
    ],
    [
      'the start of one',
      fixtureBytes('pickle', 'npy/f4-little.npy').subarray(0, 40),
      'expected a header of at most 30 bytes, got one of 118',
    ],
    [
      'missing values',
      fixtureBytes('pickle', 'npy/f4-little.npy').subarray(0, -4),
      'a numpy array of shape [4, 3] must take 48 bytes, got 44',
    ],
    [
      'more values',
      npy(header('|u1', '(1,)'), Uint8Array.of(1, 2)),
      'a numpy array of shape [1] must take 1 bytes, got 2',
    ],
    [
      'version 4',
      Uint8Array.from(fixtureBytes('pickle', 'npy/f4-little.npy'), (byte, at) => (at === 6 ? 4 : byte)),
      'expected a .npy file of version 1 to 3, got version 4',
    ],
    [
      'another header',
      npy("{'descr': '<f4', 'shape': (1,)}"),
      'expected a header with descr, fortran_order and shape, got another',
    ],
    [
      'code in a header',
      npy(`${header('<f4', '()').trim().slice(0, -1)} 'x': exit()}`),
      'expected a header with descr, fortran_order and shape, got another',
    ],
    [
      'a shape that overflows',
      npy(header('|u1', '(9007199254740991, 4, 0)')),
      'the shape of a numpy array must have a product below 2^53, got [9007199254740991, 4, 0]',
    ],
    ['a shape of no numbers', npy(header('|u1', '(1 2,)')), 'expected whole numbers as shape, got 1 2'],
    [
      'a large claim',
      npy(header('<f8', '(100000000, 1000)')),
      'a numpy array of shape [100000000, 1000] must take 800000000000 bytes, got 0',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(new DataError(`readNpy: ${message}.`));
  });

  it('copies beyond its limit', () => {
    const limit = { maxBytes: 95 };
    expect(readNpy(fixtureBytes('pickle', 'npy/f4-little.npy'), limit).shape).toEqual([4, 3]);
    expect(() => readNpy(fixtureBytes('pickle', 'npy/f4-fortran.npy'), limit)).toThrow(
      new DataError('readNpy: expected to allocate at most 95 bytes for copies (maxBytes), but the file needs 96.'),
    );
  });
});

describe('readNpz', () => {
  it.each(['stored.npz', 'deflated.npz'])('%s, against numpy, tolerance 0', (name) => {
    const archive = readNpz(fixtureBytes('pickle', `npy/${name}`));
    expect(archive.names).toEqual(['features', 'mask', 'objects']);
    const features = archive.read('features');
    expect([features.shape, valuesOf(features)]).toEqual([[6, 4], golden.archive.features]);
    const mask = archive.read('mask');
    expect([mask.dtype, [...(mask.data as Uint8Array)]]).toEqual(['BOOL', golden.archive.mask]);
    expect(() => archive.read('objects')).toThrow('readNpz: expected an array of numbers, got pickled objects');
    expect(() => archive.read('other')).toThrow(DataError);
  });

  it('refuses what unpacks to more than its limit, and what is no archive', () => {
    const packed = zipSync({ 'zeros.npy': npy(header('|u1', '(100000,)'), new Uint8Array(100_000)) }, { level: 9 });
    expect(packed.length).toBeLessThan(1000);
    expect(readNpz(packed).read('zeros').shape).toEqual([100_000]);
    expect(() => readNpz(packed, { maxBytes: 50_000 }).read('zeros')).toThrow(
      /^readNpz: expected to allocate at most 50000 bytes for copies \(maxBytes\), but the file needs \d+\.$/,
    );
    expect(() => readNpz(fixtureBytes('pickle', 'npy/f4-little.npy'))).toThrow(/^readNpz: /);
  });
});
