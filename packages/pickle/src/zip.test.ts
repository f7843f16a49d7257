import { DataError } from '@mcore/errors';
import { fixtureBytes } from '@mcore/testing/fixtures';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Budget } from './budget.js';
import { crc32 } from './crc32.js';
import { readTorchCheckpoint } from './index.js';
import { ZipReader } from './zip.js';

const ascii = (text: string) => new TextEncoder().encode(text);
const open = (bytes: Uint8Array, maxBytes = 1e6) => new ZipReader(bytes, new Budget('test', { maxBytes }));

/** Position of the directory's entry number `index`, found by its signature. */
function directoryEntry(bytes: Uint8Array, index: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts = Array.from({ length: bytes.length - 4 }, (_, i) => i).filter(
    (i) => view.getUint32(i, true) === 0x02014b50,
  );
  return starts[index]!;
}

describe('ZipReader', () => {
  const files = { 'a/stored': ascii('hello'), 'a/empty': new Uint8Array(0), 'deflated é': ascii('abc'.repeat(10_000)) };

  it.each([0, 9] as const)('reads what fflate packs at level %i', (level) => {
    const zip = open(zipSync(files, { level }));
    expect(zip.names()).toEqual(Object.keys(files));
    for (const [name, content] of Object.entries(files)) expect(zip.read(name)).toEqual(content);
  });

  it('finds the directory before a comment', () => {
    expect(open(zipSync(files, { comment: 'x'.repeat(5000) } as never)).names()).toHaveLength(3);
  });

  const packed = zipSync(files, { level: 9 });
  function changed(change: (view: DataView, entry: number) => void, index = 2): Uint8Array {
    const bytes = packed.slice();
    change(new DataView(bytes.buffer), directoryEntry(bytes, index));
    return bytes;
  }

  it.each<[string, Uint8Array, string]>([
    [
      'a wrong checksum',
      changed((view, entry) => view.setUint32(entry + 16, 1)),
      '"deflated é" with its checksum, got other bytes',
    ],
    [
      'a bomb: more than declared',
      changed((view, entry) => view.setUint32(entry + 24, 100, true)),
      'deflated files, got other bytes (test: the zip archive must have a file of 100 bytes, got more.)',
    ],
    [
      'less than declared',
      changed((view, entry) => view.setUint32(entry + 24, 40_000, true)),
      '"deflated é" of 40000 bytes, got 30000',
    ],
    [
      'an unsupported method',
      changed((view, entry) => view.setUint16(entry + 10, 12, true)),
      'files stored or deflated, got "deflated é" packed by method 12',
    ],
    ['a password', changed((view, entry) => view.setUint16(entry + 8, 1, true)), 'no encrypted file, got "deflated é"'],
    [
      'overlapping files',
      changed((view, entry) => view.setUint32(entry + 42, 0, true)),
      'files that do not overlap, got "deflated é" inside another',
    ],
    [
      'a file past the end',
      changed((view, entry) => view.setUint32(entry + 20, 1e9, true)),
      'a whole file, got one that ends too early',
    ],
    ['no directory', packed.subarray(0, -1), 'a directory at its end, got none'],
    [
      'names twice',
      changed((view, entry) => new Uint8Array(view.buffer).set(ascii('a/stored'), entry + 46), 1),
      'a complete directory',
    ],
  ])('refuses %s', (_, bytes, message) => {
    const read = () => open(bytes).read('deflated é');
    expect(read).toThrow(`test: the zip archive must have ${message}`);
    expect(read).toThrow(DataError);
  });

  it('refuses the same name twice', () => {
    const bytes = zipSync({ 'a/1': ascii('x'), 'a/2': ascii('y') });
    bytes[directoryEntry(bytes, 1) + 48] = '1'.charCodeAt(0);
    expect(() => open(bytes)).toThrow(
      new DataError('test: the zip archive must have every name once, got "a/1" twice.'),
    );
  });

  it('does not unpack more than the budget', () => {
    expect(() => open(packed, 29_999).read('deflated é')).toThrow(
      new DataError('test: expected to allocate at most 29999 bytes for copies (maxBytes), but the file needs 30000.'),
    );
  });
});

describe('crc32', () => {
  it('is the check value of the standard for "123456789"', () => {
    expect(crc32(ascii('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });
});

describe('readTorchCheckpoint: archives', () => {
  const pickle = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  const zip = (files: Record<string, Uint8Array>) => zipSync(files, { level: 0 });

  it.each<[string, Uint8Array, string]>([
    ['no pickle', zip({ 'a/version': ascii('3') }), 'expected an archive of torch.save with one data.pkl, got 0'],
    [
      'two pickles',
      zip({ 'a/data.pkl': ascii('N.'), 'b/data.pkl': ascii('N.') }),
      'expected an archive of torch.save with one data.pkl, got 2',
    ],
    [
      'a program',
      zip({ 'a/data.pkl': ascii('N.'), 'a/constants.pkl': ascii('N.') }),
      'expected data, got a TorchScript program',
    ],
    [
      'big-endian',
      zip({ 'a/data.pkl': ascii('N.'), 'a/byteorder': ascii('big') }),
      'expected a file of a little-endian machine, got one of a big-endian machine',
    ],
    [
      'system',
      zip({ 'a/data.pkl': pickle('cos\nsystem\n(U\x02idtR.') }),
      'expected plain data, got the global "os.system"',
    ],
    [
      'bytes after the pickle',
      zip({ 'a/data.pkl': ascii('N.N') }),
      'expected the end of the data at byte 2, got 1 more bytes',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readTorchCheckpoint(bytes)).toThrow(new DataError(`readTorchCheckpoint: ${message}.`));
  });

  it('a storage that is missing', () => {
    const source = open(fixtureBytes('pickle', 'strides-zip.pth'));
    const names = source.names().filter((name) => !name.endsWith('/data/0'));
    const bytes = zip(Object.fromEntries(names.map((name) => [name, source.read(name)])));
    expect(() => readTorchCheckpoint(bytes)).toThrow(
      new DataError('readTorchCheckpoint: the zip archive must have a file "strides-zip/data/0", got none.'),
    );
  });
});
