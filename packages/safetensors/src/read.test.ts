import { readFileSync } from 'node:fs';
import { ArgumentError, DataError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from './index.js';

const golden = new Uint8Array(readFileSync(new URL('./__fixtures__/every-dtype.safetensors', import.meta.url)));

/** A file with this header text and this many bytes of data. */
function file(header: string | Uint8Array, dataBytes = 0): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

/** A header with one tensor of two U8 elements whose fields may be replaced. */
function one(fields: Record<string, unknown>): string {
  return JSON.stringify({ a: { dtype: 'U8', shape: [2], data_offsets: [0, 2], ...fields } });
}

describe('readSafetensors: files of the official library', () => {
  const { tensors, metadata } = readSafetensors(golden);
  const f16 = (...bits: number[]) => Uint16Array.from(bits);

  it.each([
    ['f64', 'F64', [2, 2], Float64Array.of(0.1, -2.5e300, Number.POSITIVE_INFINITY, 5e-324)],
    ['f32', 'F32', [4], Float32Array.of(0.1, -0, 3.4028234663852886e38, 1e-45)],
    ['f16', 'F16', [4], f16(0x2e66, 0xfbff, 0x0001, 0x7c00)],
    ['bf16', 'BF16', [3], f16(0x3dcd, 0xff7f, 0x0001)],
    ['f8_e4m3', 'F8_E4M3', [2], Uint8Array.of(0x30, 0xfe)],
    ['f8_e5m2', 'F8_E5M2', [2], Uint8Array.of(0x38, 0xfb)],
    ['i64', 'I64', [1, 3], BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n)],
    ['i32', 'I32', [2], Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
    ['i16', 'I16', [2], Int16Array.of(-(2 ** 15), 2 ** 15 - 1)],
    ['i8', 'I8', [3], Int8Array.of(-128, 127, 1)],
    ['u64', 'U64', [2], BigUint64Array.of(2n ** 64n - 1n, 1n)],
    ['u32', 'U32', [1], Uint32Array.of(2 ** 32 - 1)],
    ['u16', 'U16', [1], Uint16Array.of(2 ** 16 - 1)],
    ['u8', 'U8', [3], Uint8Array.of(0, 255, 7)],
    ['bool', 'BOOL', [3], Uint8Array.of(1, 0, 1)],
    ['scalar', 'F32', [], Float32Array.of(368)],
    ['empty', 'F32', [3, 0, 2], new Float32Array(0)],
    ['hard "name" \\ é 水 🤿\n', 'U8', [1], Uint8Array.of(1)],
    ['__proto__', 'U8', [1], Uint8Array.of(2)],
  ])('%j is %s %j', (name, dtype, shape, data) => {
    expect(tensors.get(name)).toEqual({ dtype, shape, data });
  });

  it('holds nothing else', () => {
    expect(tensors.size).toBe(19);
    expect(Object.keys(metadata)).toEqual(['made by']);
    expect(JSON.parse(metadata['made by']!)).toMatchObject({ seed: 20240414, safetensors: expect.any(String) });
  });

  it('views the bytes where they are aligned and copies where not, to the same values', () => {
    const buffer = new ArrayBuffer(golden.length + 3);
    const shifted = new Uint8Array(buffer, 3);
    shifted.set(golden);
    const copies = readSafetensors(shifted).tensors;
    expect(copies).toEqual(tensors);
    for (const { data } of tensors.values()) expect(data.buffer).toBe(golden.buffer);
    expect(copies.get('f64')!.data.buffer).not.toBe(buffer);
    expect(copies.get('u8')!.data.buffer).toBe(buffer);
  });
});

describe('readSafetensors: hostile and broken files', () => {
  const U8 = '"dtype":"U8","shape":[1],"data_offsets"';
  const names = 'BOOL, U8, I8, F8_E5M2, F8_E4M3, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64';

  it.each<[string, Uint8Array, string]>([
    ['too short', new Uint8Array(7), 'a file must have at least 8 bytes, got 7.'],
    [
      'header past the end',
      Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b),
      "the header must lie within the file's 9 bytes, got a header of 9 bytes.",
    ],
    [
      'huge header',
      new Uint8Array(8).fill(255),
      'the header must have at most 10000000 bytes, got 18446744073709551615.',
    ],
    ['no header', file(''), "the header must begin with '{', got none."],
    ['leading space', file(' {}'), "the header must begin with '{', got byte 32."],
    ['not UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d)), 'the header must be UTF-8, got other bytes.'],
    ['not JSON', file('{"a":}'), 'the header must be JSON, got text that does not parse.'],
    ['two objects', file('{}{}'), 'the header must be JSON, got text that does not parse.'],
    ['deep', file(`{"a":${'['.repeat(1e6)}`), 'the header must be JSON, got text that does not parse.'],
    ['not an object', file('{"a":[]}'), '"a" must be an object, got [].'],
    ['unknown field', file(one({ extra: 1 }), 2), '"a" must have only dtype, shape, data_offsets, got "extra".'],
    ['unknown dtype', file(one({ dtype: 'F4' }), 2), `dtype of "a" must be one of ${names}, got "F4".`],
    ['inherited dtype', file(one({ dtype: 'toString' }), 2), `dtype of "a" must be one of ${names}, got "toString".`],
    ['no shape', file(one({ shape: undefined }), 2), 'shape of "a" must be a list of whole numbers, got nothing.'],
    ['negative', file(one({ shape: [-2] }), 2), 'shape of "a" must be a list of whole numbers, got [-2].'],
    ['fraction', file(one({ shape: [0.5] }), 2), 'shape of "a" must be a list of whole numbers, got [0.5].'],
    ['text size', file(one({ shape: ['2'] }), 2), 'shape of "a" must be a list of whole numbers, got ["2"].'],
    ['rank', file(one({ shape: Array(33).fill(1) }), 2), 'shape of "a" must have at most 32 dimensions, got 33.'],
    [
      'product',
      file(one({ shape: [2 ** 31, 2 ** 31, 0] }), 2),
      'shape of "a" must have a product below 2^53, got [2147483648,2147483648,0].',
    ],
    ['one offset', file(one({ data_offsets: [0] }), 2), 'data_offsets of "a" must be [start, end], got [0].'],
    ['backwards', file(one({ data_offsets: [2, 0] }), 2), 'data_offsets of "a" must be [start, end], got [2,0].'],
    ['size', file(one({ shape: [3] }), 2), '"a" of shape [3] must take 3 bytes, got 2.'],
    ['hole', file(`{"a":{${U8}:[0,1]},"b":{${U8}:[2,3]}}`, 3), '"b" must start at byte 1, got a hole: it starts at 2.'],
    [
      'overlap',
      file(`{"a":{${U8}:[0,1]},"b":{${U8}:[0,1]}}`, 1),
      '"b" must start at byte 1, got an overlap: it starts at 0.',
    ],
    ['bytes left over', file(one({}), 3), 'the tensors must cover all 3 bytes of data, got 2.'],
    ['bytes missing', file(one({}), 1), 'the tensors must cover all 1 bytes of data, got 2.'],
    [
      'twice the same name',
      file(`{"a":{${U8}:[0,1]},"\\u0061" : {${U8}:[1,2]}}`, 2),
      'every key must occur once, got "a" twice.',
    ],
    [
      'twice the same field',
      file(`{"a":{"dtype":"I8",${U8}:[0,1]}}`, 1),
      'every key must occur once, got "dtype" twice.',
    ],
    ['list metadata', file('{"__metadata__":[]}'), '__metadata__ must be an object, got [].'],
    ['number metadata', file('{"__metadata__":{"k":1}}'), '__metadata__ must hold only strings, got 1 for "k".'],
    ['long values', file(JSON.stringify({ a: 'x'.repeat(1000) })), `"a" must be an object, got "${'x'.repeat(79)}....`],
  ])('%s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(new DataError(`readSafetensors: ${message}`));
  });

  it('refuses every truncation of a real file', () => {
    for (let length = 0; length < golden.length; length++) {
      expect(() => readSafetensors(golden.subarray(0, length))).toThrow(DataError);
    }
  });

  it('changes no prototype', () => {
    const { metadata } = readSafetensors(file('{"__metadata__":{"__proto__":"polluted","toString":"too"}}'));
    expect(Object.entries(metadata)).toEqual([
      ['__proto__', 'polluted'],
      ['toString', 'too'],
    ]);
    expect(metadata.constructor).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('takes the padding and the white space JSON allows', () => {
    expect(readSafetensors(file('{ "__metadata__" :\n{} }   ')).tensors.size).toBe(0);
  });

  it('reads a header of a few megabytes in linear time', () => {
    const header = JSON.stringify({ __metadata__: { text: '"\\'.repeat(1e6) } });
    expect(readSafetensors(file(header)).metadata.text).toHaveLength(2e6);
  });
});

describe('readSafetensors: limits', () => {
  const bytes = writeSafetensors({ a: { dtype: 'U8', shape: [1, 1], data: new Uint8Array(1) } });

  it('are applied', () => {
    expect(() => readSafetensors(bytes, { maxTensors: 0 })).toThrow(
      new DataError('readSafetensors: expected at most 0 tensors, got 1.'),
    );
    expect(() => readSafetensors(bytes, { maxRank: 1 })).toThrow(
      new DataError('readSafetensors: shape of "a" must have at most 1 dimensions, got 2.'),
    );
    expect(() => readSafetensors(bytes, { maxHeaderBytes: 8 })).toThrow(
      new DataError('readSafetensors: the header must have at most 8 bytes, got 56.'),
    );
  });

  it("can't pass the format's own bound", () => {
    expect(() => readSafetensors(bytes, { maxHeaderBytes: 100_000_001 })).toThrow(
      new ArgumentError('readSafetensors: maxHeaderBytes must be a whole number from 0 to 100000000, got 100000001.'),
    );
    expect(() => readSafetensors(bytes, { maxTensors: Number.NaN })).toThrow(
      new ArgumentError('readSafetensors: maxTensors must be a whole number from 0 to 9007199254740991, got NaN.'),
    );
  });
});

it('reads a Buffer as any other bytes, aligned or not', () => {
  const bytes = writeSafetensors({ a: { dtype: 'F32', shape: [2], data: Float32Array.of(1.5, -2) } });
  for (const shift of [0, 1, 2, 3]) {
    const shifted = Buffer.alloc(bytes.length + shift);
    shifted.set(bytes, shift);
    expect([...readSafetensors(shifted.subarray(shift)).tensors.get('a')!.data]).toEqual([1.5, -2]);
  }
});
