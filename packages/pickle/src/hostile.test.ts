import { ArgumentError, DataError } from '@mcore/errors';
import { fixtureBytes, fixtureNames } from '@mcore/testing/fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPickle, readTorchCheckpoint } from './index.js';

function raw(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const dtype = (code: string) => `cnumpy\ndtype\n(U${String.fromCharCode(code.length)}${code}K\x00K\x01tR`;
const array = (shape: string, type: string, content: string) =>
  `cnumpy._core.numeric\n_frombuffer\n(${content}${dtype(type)}${shape}U\x01CtR.`;

describe('readPickle: nothing is ever called', () => {
  it.each<[string, string]>([
    ["cos\nsystem\n(S'touch /tmp/pwned'\ntR.", 'expected plain data, got the global "os.system"'],
    ["cposix\nsystem\n(S'id'\ntR.", 'expected plain data, got the global "posix.system"'],
    ['c__builtin__\neval\n(U\x041+41tR.', 'expected plain data, got the global "__builtin__.eval"'],
    ['\x8c\x08builtins\x8c\x07getattr\x93.', 'expected plain data, got the global "builtins.getattr"'],
    ['cbuiltins\n__class__.__base__\n.', 'expected plain data, got the global "builtins.__class__.__base__"'],
    ['c__proto__\nconstructor\n.', 'expected plain data, got the global "__proto__.constructor"'],
    ['cnumpy\nload\n.', 'expected plain data, got the global "numpy.load"'],
    ['(ios\nsystem\n.', 'expected an opcode for plain data, got 0x69 at byte 1'],
    ['(cos\nsystem\no.', 'expected plain data, got the global "os.system"'],
    ['\x82\x01.', 'expected an opcode for plain data, got 0x82 at byte 0'],
    ['Pid\n.', 'expected plain data, got a persistent id'],
    ['cbuiltins\nset\n.', 'expected plain data, got the global builtins.set'],
    [`${dtype('f8')}.`, 'expected plain data, got the numpy dtype f8'],
    ['cnumpy\nndarray\n(tR.', 'numpy.ndarray must only be named, got a call of it'],
    ['K\x01(tR.', 'expected a global to build with, got another value'],
    ['cbuiltins\nset\nNR.', 'expected a tuple of arguments for builtins.set, got another value'],
    ['c_codecs\nencode\n(U\x01aU\x05utf-8tR.', 'bytes written as text must be text in latin1, got something else'],
  ])('%j', (text, message) => {
    expect(() => readPickle(raw(text))).toThrow(new DataError(`readPickle: ${message}.`));
  });
});

describe('readPickle: broken and oversized pickles', () => {
  it.each<[string, string, string]>([
    ['nothing', '', 'expected more bytes, got the end of the data at byte 0'],
    ['no value', '.', 'expected a value on the stack, got none'],
    ['bytes after the end', 'N.N', 'expected the end of the data at byte 2, got 1 more bytes'],
    ['protocol 6', '\x80\x06N.', 'expected a protocol up to 5, got 6'],
    ['huge text', 'X\xff\xff\xff\xffab', 'expected more bytes, got the end of the data at byte 7'],
    ['huge bytes', '\x8e\xff\xff\xff\xff\xff\xff\xff\xff', 'expected more bytes, got the end of the data at byte 9'],
    [
      'long integer',
      `\x8b\x01\x04\x00\x00${'\x01'.repeat(1025)}.`,
      'an integer must have at most 1024 bytes, got 1025',
    ],
    ['many digits', `L${'9'.repeat(5000)}L\n.`, `an integer must be decimal, got "${'9'.repeat(40)}"`],
    ['not a number', 'I0x10\n.', 'an integer must be decimal, got "0x10"'],
    ['not a float', 'Fone\n.', 'a float must be decimal, got "one"'],
    ['text that is not UTF-8', 'X\x01\x00\x00\x00\xff.', 'text must be UTF-8, got other bytes'],
    ['no quotes', 'Sa\n.', 'a string of protocol 0 must stand in quotes, got none'],
    ['an unknown escape', "S'\\q'\n.", "an escape of a string must be one of Python's, got \\q"],
    ['not a character', 'V\\U00110000\n.', 'an escaped character must be at most 10ffff, got 110000'],
    ['a memo never put', 'h\x05.', 'expected memo 5 to be set, got none'],
    ['a memo without number', 'gx\n.', 'expected the number of a memo, got "x"'],
    ['no mark', 't.', 'expected a mark on the stack, got none'],
    ['appending to a number', 'K\x01K\x02a.', 'expected a list to append to, got another value'],
    ['setting in a list', ']K\x01K\x02s.', 'expected a dict to set items of, got another value'],
    ['adding to a list', '](K\x01\x90.', 'expected a set to add to, got another value'],
    ['half an item', '}(K\x01u.', 'expected keys and values in turn, got a key without value'],
    ['state for a list', ']Nb.', 'expected state for a numpy array or an OrderedDict, got it for another value'],
    ['a list in itself', ']q\x00h\x00a.', 'expected plain data, got a value that contains itself'],
    ['nesting', `N${'\x85'.repeat(201)}.`, 'expected values nested at most 200 deep, got deeper ones'],
    ['numpy: date', array('K\x01\x85', 'M8', 'C\x00'), 'a numpy dtype must be of numbers, text or objects, got "M8"'],
    ['numpy: size', array('K\x02\x85', 'f8', 'C\x01a'), 'a numpy array of shape [2] must take 16 bytes, got 1'],
    [
      'numpy: product',
      array('(J\xff\xff\xff\x7fJ\xff\xff\xff\x7fK\x00t', 'f8', 'C\x00'),
      'the shape of a numpy array must have a product below 2^53, got [2147483647, 2147483647, 0]',
    ],
    [
      'numpy: negative',
      array('J\xff\xff\xff\xff\x85', 'f8', 'C\x00'),
      'the shape of a numpy array must be whole numbers, got something else',
    ],
    [
      'numpy: text of no size',
      array('J\xff\xff\xff\x7f\x85', 'U0', 'C\x00'),
      'expected at most 2000000 values, got more',
    ],
    [
      'numpy: objects',
      array('K\x02\x85', 'O8', ']'),
      'a numpy array of 2 objects must have as many, got another number',
    ],
    ['numpy: no bytes', array('K\x01\x85', 'u1', 'N'), 'the content of a numpy array must be bytes, got another value'],
    [
      'numpy: structured',
      `${dtype('f8')}(K\x03U\x01<N(U\x01at}NNNtb.`,
      'a numpy dtype must be of single values, got a structured one',
    ],
  ])('%s', (_, text, message) => {
    expect(() => readPickle(raw(text))).toThrow(new DataError(`readPickle: ${message}.`));
  });

  it('a list that holds itself thirty times doubled', () => {
    // each level is a tuple of the level below, twice: walking through it visits 2^30 values
    const bomb = `]${'2\x86'.repeat(30)}.`;
    const message = 'readPickle: expected at most 2000000 values, got more.';
    expect(() => readPickle(raw(bomb))).toThrow(new DataError(message));
    expect(readPickle(raw(`]${'2\x86'.repeat(10)}.`))).toHaveLength(2);
  });

  it('the same bytes made into text again and again', () => {
    const text = `U\x64${'a'.repeat(100)}q\x000(${'c_codecs\nencode\n(h\x00U\x06latin1tR'.repeat(200)}t.`;
    expect(() => readPickle(raw(text), { maxBytes: 10_000 })).toThrow(
      new DataError(
        'readPickle: expected to allocate at most 10000 bytes for copies (maxBytes), but the file needs 10100.',
      ),
    );
    expect(readPickle(raw(text))).toHaveLength(200);
  });

  it('more values than the limit', () => {
    expect(() => readPickle(raw(`(${'N'.repeat(50)}t.`), { maxItems: 40 })).toThrow(
      new DataError('readPickle: expected at most 40 values, got more.'),
    );
  });

  it('an invalid limit', () => {
    expect(() => readPickle(raw('N.'), { maxDepth: -1 })).toThrow(
      new ArgumentError('readPickle: maxDepth must be a whole number of at least 0, got -1.'),
    );
  });
});

const storage = (type: string, length: string) =>
  `(X\x07\x00\x00\x00storagectorch\n${type}\nX\x01\x00\x00\x000Nt`.replace('Nt', `N${length}t`);
/** A file of the legacy format with one storage of two floats and this value. */
function legacy(value: string, keys = ']X\x01\x00\x00\x000a.'): Uint8Array {
  const head = '\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.';
  const floats = '\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x3f\x00\x00\x00\x40';
  return raw(`${head}\x80\x02${value}.\x80\x02${keys}${floats}`);
}
const tensor = (id: string, offset: string, shape: string, strides: string) =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${id}Q${offset}${shape}${strides}\x89}tR`;
const floats = storage('FloatStorage', 'K\x02');

describe('readTorchCheckpoint: hostile files', () => {
  it('the file that the following ones are made from is read', () => {
    const value = readTorchCheckpoint(legacy(tensor(floats, 'K\x01', 'K\x01\x85', 'K\x01\x85')));
    expect(value).toEqual({ dtype: 'F32', shape: [1], data: Float32Array.of(2) });
  });

  const huge = 'J\xff\xff\xff\x7f';
  it.each<[string, Uint8Array, string]>([
    [
      'another file',
      raw('GIF89a'),
      "expected a file of torch.save, got neither a zip archive nor the legacy format's magic number",
    ],
    [
      'a pickle',
      raw('\x80\x02N.'),
      "expected a file of torch.save, got neither a zip archive nor the legacy format's magic number",
    ],
    ['system', legacy('cos\nsystem\n(U\x02idtR'), 'expected plain data, got the global "os.system"'],
    ['a module', legacy('(U\x06moduleNNNtQ'), 'a persistent id must be of a storage, got another.'],
    ['a storage alone', legacy(`${floats}Q`), 'expected plain data, got the storage "0" without a tensor'],
    [
      'an unknown storage',
      legacy(`${floats.replace('Float', 'QInt8')}Q`),
      'expected plain data, got the global "torch.QInt8Storage"',
    ],
    [
      'past the end',
      legacy(tensor(floats, 'K\x02', 'K\x01\x85', 'K\x01\x85')),
      'a tensor must lie within its storage of 2 elements, got one up to element 2',
    ],
    [
      'a storage said to be longer',
      legacy(tensor(storage('FloatStorage', 'K\x64'), 'K\x02', 'K\x01\x85', 'K\x01\x85')),
      'a tensor must lie within its storage of 2 elements, got one up to element 2',
    ],
    [
      'a negative stride',
      legacy(tensor(floats, 'K\x01', 'K\x02\x85', 'J\xff\xff\xff\xff\x85')),
      'a tensor must have an offset and a stride for each dimension, got something else',
    ],
    [
      'two elements expanded to 8 GB',
      legacy(tensor(floats, 'K\x00', `${huge}\x85`, 'K\x00\x85')),
      'expected to allocate at most 1073741824 bytes for copies (maxBytes), but the file needs 8589934588',
    ],
    [
      'overflow',
      legacy(tensor(floats, 'K\x00', `${huge}${huge}\x86`, 'K\x00K\x00\x86')),
      'the shape of a tensor must have a product below 2^53, got [2147483647, 2147483647]',
    ],
    [
      'a missing storage',
      legacy(tensor(floats, 'K\x00', 'K\x01\x85', 'K\x01\x85'), '].').subarray(0, -16),
      'expected storage "0", got none',
    ],
    [
      'a parameter of nothing',
      legacy('ctorch._utils\n_rebuild_parameter\n(tR'),
      'a parameter must have a tensor, got another value',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => readTorchCheckpoint(bytes)).toThrow(`readTorchCheckpoint: ${message}`);
    expect(() => readTorchCheckpoint(bytes)).toThrow(DataError);
  });
});

describe('every fixture', () => {
  const files = [
    ...fixtureNames('pickle', '.pickle').map((name) => ({ name, read: readPickle })),
    ...fixtureNames('pickle', '.pth').map((name) => ({ name, read: readTorchCheckpoint })),
  ];

  it.each(files)('$name is refused when cut off anywhere', ({ name, read }) => {
    const bytes = fixtureBytes('pickle', name);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => read(bytes.subarray(0, length))).toThrow(DataError);
    }
  });

  it.each(files)('$name ends in a value or a DataError when bytes are changed', ({ name, read }) => {
    const original = fixtureBytes('pickle', name);
    const change = fc.tuple(fc.nat(original.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = original.slice();
        for (const [position, value] of changes) bytes[position] = value;
        expectValueOrDataError(() => read(bytes, { maxBytes: 1e6, maxItems: 1e5 }));
      }),
      { numRuns: 300 },
    );
  });

  it('random bytes end in a value or a DataError', () => {
    const opcode = fc.constantFrom(
      ...'(.012FIJKLMNPQRSTUVXabcdeghjlpqrstu])}G\x80\x81\x85\x86\x87\x88\x89\x8a\x8c\x8f\x90\x91\x93\x94',
    );
    const byte = fc.oneof(
      { weight: 3, arbitrary: opcode.map((c) => c.charCodeAt(0)) },
      { weight: 1, arbitrary: fc.nat(255) },
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => {
        expectValueOrDataError(() => readPickle(Uint8Array.from(bytes)));
        expectValueOrDataError(() => readTorchCheckpoint(Uint8Array.from(bytes)));
      }),
      { numRuns: 3000 },
    );
  });
});

function expectValueOrDataError(read: () => unknown): void {
  try {
    expect(read()).not.toBeUndefined();
  } catch (error) {
    expect(error).toMatchObject({ name: 'DataError' });
  }
}
