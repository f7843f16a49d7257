import { DataError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { parseTable } from './index.js';

const rows = (text: string, format: 'csv' | 'json' = 'csv') => parseTable(text, format, 'openList');
const refusal = (message: string) => new DataError(`openList: ${message}.`);

describe('parseTable', () => {
  it('counts lines as an editor does, and leaves out empty values', () => {
    const [first, second] = rows('Name;Note\n"a";"two\nlines"\n\nb;\n');
    expect([first!.place, [...first!.fields]]).toEqual([
      'line 3',
      [
        ['name', 'a'],
        ['note', 'two\nlines'],
      ],
    ]);
    expect([second!.place, [...second!.fields]]).toEqual(['line 5', [['name', 'b']]]);
    expect([...rows('{"clips": [{"a": 1, "b": null}]}', 'json')[0]!.fields]).toEqual([['a', 1]]);
  });

  it.each([
    ['', 'csv', 'expected a line of column names, got "an empty file"'],
    ['a,b', 'csv', 'expected at least one clip, got "none"'],
    ['a,a\n1,2', 'csv', 'expected every column once, got "a twice"'],
    ['a\n1,2', 'csv', 'expected 1 values in line 2, as many as columns, got 2'],
    ['7', 'json', 'expected a list of clips, or an object with such a list as "clips", got 7'],
    ['[7]', 'json', 'expected an object as entry 1, got 7'],
  ] as const)('refuses %j as %s', (text, format, message) => {
    expect(() => rows(text, format)).toThrow(refusal(message));
  });
});

describe('TableRow', () => {
  const row = (fields: Record<string, unknown>) => rows(JSON.stringify([fields]), 'json')[0]!;

  it('checks numbers, lists, texts and paths', () => {
    const good = row({ score: '8.5e1', list: [1, '2'], text: ' a b ', flag: true, path: './a\\b.npy', paths: 'a;b/c' });
    expect([good.number('score'), good.number('none'), good.numbers('list'), good.text('text')]).toEqual([
      85,
      undefined,
      [1, 2],
      'a b',
    ]);
    expect([good.text('flag'), good.path('path'), good.paths('paths'), good.id('id', 'a/b.safetensors')]).toEqual([
      'true',
      'a/b.npy',
      ['a', 'b/c'],
      'a__b',
    ]);
  });

  it.each([
    [{ path: [] }, 'expected a path in entry 1, got "an empty list"'],
    [{ path: ['a', '../b'] }, 'expected a path below the manifest\'s folder in entry 1, got "../b"'],
    [{ path: 'a;C:\\b' }, 'expected a path below the manifest\'s folder in entry 1, got "C:\\\\b"'],
    [{ path: ['a', 7.5, {}] }, 'expected text as path in entry 1, got an object'],
    [{}, 'expected a path in entry 1, got nothing'],
  ])('refuses the paths %j', (fields, message) => {
    expect(() => row({ other: 1, ...fields }).paths('path')).toThrow(refusal(message));
  });

  it('renames columns once', () => {
    const unused = new Set<string>();
    const renamed = row({ video: 'a', colour: 'red' }).renamed({ path: ['path', 'video'] }, unused);
    expect([[...renamed.fields], [...unused]]).toEqual([[['path', 'a']], ['colour']]);
    expect(() => row({ video: 'a', path: 'b' }).renamed({ path: ['path', 'video'] }, unused)).toThrow(
      refusal('expected one of path, video in entry 1, got "several"'),
    );
  });
});
