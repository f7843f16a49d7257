import { fixtureBytes } from '@mcore/testing/fixtures';
import { describe, expect, it } from 'vitest';
import { isPickledArray, type PickleValue, readPickle } from './index.js';

/** Bytes from text whose characters are the bytes. */
function raw(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const ascii = (text: string) => new TextEncoder().encode(text);

// What goldens/pickle-files.py pickled, written down here by hand.
const expected = new Map<unknown, unknown>([
  ['none', null],
  ['flags', [true, false]],
  ['integers', [0, 255, 256, 65536, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, 2n ** 53n, -(2n ** 80n), 10n ** 30n]],
  ['floats', [0.5, -1e-300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]],
  ['text', ['', 'a\'b"c\\d\n', 'é水🤿', 'x'.repeat(300)]],
  ['bytes', [new Uint8Array(0), Uint8Array.of(0, 255, 10), ascii('y'.repeat(300)), Uint8Array.of(0x7a, 0x80)]],
  ['tuples', [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]],
  [['FINA', 7], new Map([['nested', [[]]]])],
  ['sets', [new Set([1]), new Set(['a']), new Set()]],
  [
    'ordered',
    new Map([
      ['b', 1],
      ['a', 2],
    ]),
  ],
  [
    'shared',
    [
      [1, 2],
      [1, 2],
    ],
  ],
  [
    'arrays',
    [
      { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6.5) },
      { dtype: 'F64', shape: [2, 3], data: Float64Array.of(0, 1, 2, 3, 4, 5) },
      { dtype: 'I32', shape: [2], data: Int32Array.of(1, -2) },
      { dtype: 'I64', shape: [2], data: BigInt64Array.of(2n ** 62n, -1n) },
      { dtype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) },
      { dtype: 'F16', shape: [2], data: Uint16Array.of(0x3800, 0xc000) },
      { dtype: 'U8', shape: [], data: Uint8Array.of(7) },
      { dtype: 'I16', shape: [0, 3], data: new Int16Array(0) },
      { dtype: 'TEXT', shape: [2], data: ['ab', '水'] },
      { dtype: 'TEXT', shape: [2], data: ['ab', 'c'] },
      { dtype: 'OBJECT', shape: [2, 2], data: ['a', null, 1, 2.5] },
      { dtype: 'I32', shape: [3, 2], data: Int32Array.of(1, 2, 5, 6, 9, 10) },
    ],
  ],
  ['scalars', [0.1, 0.5, -3, 2n ** 60n, true, 'ok']],
]);

describe('readPickle: what Python and numpy wrote', () => {
  it.each([0, 1, 2, 3, 4, 5])('protocol %i', (protocol) => {
    const value = readPickle(fixtureBytes('pickle', `plain-${protocol}.pickle`)) as Map<unknown, unknown>;
    expect(value).toEqual(expected);
    expect([...value.keys()]).toEqual([...expected.keys()]);
    const [one, other] = value.get('shared') as unknown[];
    expect(one).toBe(other);
  });

  it('gives the same when the bytes start at an odd place', () => {
    const bytes = fixtureBytes('pickle', 'plain-5.pickle');
    const shifted = new Uint8Array(new ArrayBuffer(bytes.length + 1), 1);
    shifted.set(bytes);
    expect(readPickle(shifted)).toEqual(expected);
  });

  it('reads labels as FineDiving keeps them', () => {
    const array = (...values: number[]) => ({
      dtype: 'I64',
      shape: [values.length],
      data: BigInt64Array.from(values, BigInt),
    });
    const key = ['FINAWorldChampionships2019_Women10m_final_r1', 0];
    const labels = array(8, 8, 8, 21, 21, 21, 21, 36, 36);
    expect([...(readPickle(fixtureBytes('pickle', 'finediving-aqa.pickle')) as Map<unknown, unknown>)]).toEqual([
      [key, ['407C', 83.2, 3.2, array(3, 7), labels]],
      [
        ['01', 121],
        ['5253B', 70.5, 3.4, array(2), { dtype: 'F64', shape: [5], data: Float64Array.of(8, 8, 36, 36, 36) }],
      ],
    ]);
    expect([...(readPickle(fixtureBytes('pickle', 'finediving-fine.pickle')) as Map<unknown, unknown>)]).toEqual([
      [
        key,
        new Map<string, unknown>([
          ['action_type', '407C'],
          ['sub-action_types', ['Inward', '3.5 Soms.Tuck', 'Entry']],
          ['(x, y)', 0],
          ['dive_score', 83.2],
          ['difficulty', 3.2],
          ['steps_transit_frames', array(3, 7)],
          ['frames_labels', labels],
        ]),
      ],
    ]);
    expect(readPickle(fixtureBytes('pickle', 'finediving-split.pickle'))).toEqual([key, ['01', 121]]);
  });
});

describe('readPickle: opcodes that Python 3 does not write', () => {
  it.each<[string, string, unknown]>([
    [
      'a dict of Python 2, protocol 0',
      "(dp0\nS'it\\'s'\np1\nI01\nsS\"\\x41\\n\\\\\"\nL-5L\ns.",
      new Map<string, unknown>([
        ["it's", true],
        ['A\n\\', -5],
      ]),
    ],
    ['octal escapes', "S'\\101\\0'\n.", 'A\0'],
    ['LIST, TUPLE, DICT from marks', '((K\x01l(K\x02t(K\x03K\x04dt.', [[1], [2], new Map([[3, 4]])]],
    ['POP, POP_MARK, DUP', '(K\x010K\x072(K\x05K\x061t.', [7, 7]],
    ['POP of a mark', 'K\x01(0.', 1],
    [
      'BINSTRING as bytes of a numpy array',
      "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I1\ntcnumpy\ndtype\n(U\x02f4I0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\nT\x04\x00\x00\x00\x00\x00\x80\x3ftb.",
      { dtype: 'F32', shape: [1], data: Float32Array.of(1) },
    ],
    ['an OrderedDict of Python 2', 'ccollections\nOrderedDict\n(((K\x01K\x02tltR.', new Map([[1, 2]])],
    ['a float of protocol 0', 'F-1.5e3\n.', -1500],
    ['wide characters of protocol 0', 'Va\\u6c34\\U0001f93f\\x\n.', 'a水🤿\\x'],
    ['integers without bytes and with sign', '(\x8a\x00\x8a\x01\xff\x8b\x02\x00\x00\x00\x00\x80t.', [0, -1, -32768]],
  ])('%s', (_, text, value) => {
    expect(readPickle(raw(text))).toEqual(value);
  });
});

describe('isPickledArray', () => {
  it('tells arrays from everything else', () => {
    const values = readPickle(fixtureBytes('pickle', 'plain-4.pickle')) as Map<string, PickleValue[]>;
    expect(values.get('arrays')!.every(isPickledArray)).toBe(true);
    expect(
      [null, 1, 'a', [], new Map(), new Set(), new Uint8Array(0)].some((value) => isPickledArray(value as never)),
    ).toBe(false);
  });
});

it('reads a Buffer as any other bytes, wherever it begins', () => {
  const bytes = fixtureBytes('pickle', 'finediving-aqa.pickle');
  const expected = readPickle(Uint8Array.from(bytes));
  for (const shift of [0, 1, 3, 8]) {
    const shifted = Buffer.alloc(bytes.length + shift);
    shifted.set(bytes, shift);
    expect(readPickle(shifted.subarray(shift))).toEqual(expected);
  }
});
