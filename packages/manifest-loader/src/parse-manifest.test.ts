import { DataError } from '@mcore/errors';
import { tableLimits } from '@mcore/table';
import { describe, expect, it } from 'vitest';
import { parseManifest } from './index.js';

const csv = (...lines: string[]) => parseManifest(lines.join('\n'), 'csv');
const json = (value: unknown) => parseManifest(JSON.stringify(value), 'json');
const failure = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
  return 'no error';
};

describe('parseManifest', () => {
  const full = {
    place: 'line 2',
    id: 'monday__one',
    path: 'monday/one.mp4',
    score: 81.6,
    diveNumber: '407c',
    difficulty: 3.2,
    transitions: [23, 63],
    split: 'train',
    event: 'club final',
    frames: 111,
  };

  it('reads every column, in any order and under its other names', () => {
    expect(
      csv(
        'score,path,class,difficulty,transitions,split,event,frames',
        '81.6,monday/one.mp4,407C,3.2,23 63,train,"club final",111',
      ).entries,
    ).toEqual([full]);
    const { entries, unused } = json([
      {
        file: './monday\\one.mp4',
        score: '81.6',
        dive_number: '407C',
        difficulty: 3.2,
        transitions: [23, 63],
        split: 'train',
        competition: 'club final',
        frames: 111,
        coach: 'Ann',
      },
    ]);
    expect(entries).toEqual([{ ...full, place: 'entry 1' }]);
    expect(unused).toEqual(['coach']);
  });

  it('needs no more than path and score', () => {
    expect(csv('path,score', 'a.mp4,7', 'b/,8.5').entries).toEqual([
      { place: 'line 2', id: 'a', path: 'a.mp4', score: 7, diveNumber: 'any', difficulty: 1, event: '' },
      { place: 'line 3', id: 'b', path: 'b', score: 8.5, diveNumber: 'any', difficulty: 1, event: '' },
    ]);
    expect(json({ clips: [{ path: 'a.mp4', score: 7, id: 'first', class: null }] }).entries[0]).toMatchObject({
      id: 'first',
      diveNumber: 'any',
    });
  });

  it('takes semicolons, tabs, a byte order mark, Windows line ends, quotes and empty lines', () => {
    const texts = [
      'path;score;transition_seconds\r\n"a ""b"".mp4";7;0.5 1.25\r\n\r\n',
      '\uFEFFpath\tscore\ttransition_seconds\n"a ""b"".mp4"\t7\t0.5 1.25',
    ];
    for (const text of texts) {
      expect(() => parseManifest(text, 'csv')).toThrow('that can be the name of a file');
      const { entries } = parseManifest(text.replaceAll('""', "'"), 'csv');
      expect(entries).toMatchObject([{ path: "a 'b'.mp4", transitionSeconds: [0.5, 1.25], place: 'line 2' }]);
    }
  });

  it.each([
    ['semicolons with decimal commas', 'path;score;transition_seconds\nv/a.mp4;81,6;0,5 1,25'],
    ['the line sep=; of Excel', 'sep=;\r\npath;score;transition_seconds\r\nv/a.mp4;81,6;0,5 1,25'],
    ['tabs with decimal commas', 'path\tscore\ttransition_seconds\nv/a.mp4\t81,6\t[0,5  1,25]'],
    ['commas between seconds', 'path,score,transition_seconds\nv/a.mp4,81.6,"0.5,1.25"'],
    ['brackets', 'path,score,transition_seconds\nv/a.mp4,81.6,"[0.5, 1.25]"'],
    ['column names with spaces', 'File;Score;Transition seconds\nv/a.mp4;81,6;(0,5 1,25)'],
  ])('takes what is unambiguous: %s', (_, text) => {
    const { entries } = parseManifest(text, 'csv');
    expect(entries).toMatchObject([{ path: 'v/a.mp4', score: 81.6, transitionSeconds: [0.5, 1.25] }]);
  });

  it.each(['12 30', '12,30', '[12, 30]', '(12;30)', '12, 30'])('takes the whole frames %s', (list) => {
    for (const [separator, quote] of [
      [',', '"'],
      ['\t', ''],
    ]) {
      const lines = [
        'path,score,transitions'.replaceAll(',', separator!),
        ['a', '1', `${quote}${list}${quote}`].join(separator),
      ];
      expect(csv(...lines).entries[0]!.transitions).toEqual([12, 30]);
    }
  });

  it('counts the line sep=; as an editor does', () => {
    expect(failure(() => csv('sep=;', 'path;score', 'a;x'))).toContain('as score in line 3, got "x"');
  });

  it('takes Train, TEST and training as parts of the split', () => {
    const { entries } = csv('path,score,split', 'a,1,Train', 'b,1,TEST', 'c,1,training');
    expect(entries.map(({ split }) => split)).toEqual(['train', 'test', 'train']);
  });

  it('takes absolute paths and paths out of the folder where these are allowed, but no addresses', () => {
    const text = 'path,score\n/films/a.mp4,1\n../b/c.mp4,2\nD:\\films\\d.mp4,3';
    expect(parseManifest(text, 'csv', { absolutePaths: true }).entries.map(({ path, id }) => [path, id])).toEqual([
      ['/films/a.mp4', 'films__a'],
      ['../b/c.mp4', 'b__c'],
      ['D:/films/d.mp4', 'films__d'],
    ]);
    const address = () => parseManifest('path,score\nhttps://example.org/a.mp4,1', 'csv', { absolutePaths: true });
    expect(failure(address)).toContain('expected a path below the manifest\'s folder in line 2, got "https://');
  });

  it('names lines as an editor counts them, after values of several lines too', () => {
    expect(failure(() => csv('path,score,note', '"a.mp4",1,"two', 'lines"', 'b.mp4,x,'))).toBe(
      'openManifest: expected a number of at most 1e9 as score in line 4, got "x".',
    );
  });

  it.each([
    [
      '../secret.mp4',
      'openManifest: expected a path below the manifest\'s folder in line 2 (absolutePaths, --absolute-paths, allows others), got "../secret.mp4".',
    ],
    [
      'a/../../b.mp4',
      'openManifest: expected a path below the manifest\'s folder in line 2 (absolutePaths, --absolute-paths, allows others), got "a/../../b.mp4".',
    ],
    [
      '/etc/passwd',
      'openManifest: expected a path below the manifest\'s folder in line 2 (absolutePaths, --absolute-paths, allows others), got "/etc/passwd".',
    ],
    [
      '..\\b.mp4',
      'openManifest: expected a path below the manifest\'s folder in line 2 (absolutePaths, --absolute-paths, allows others), got "..\\\\b.mp4".',
    ],
    [
      '\\\\server\\share',
      'openManifest: expected a path below the manifest\'s folder in line 2 (absolutePaths, --absolute-paths, allows others), got "\\\\\\\\server\\\\share".',
    ],
    [
      'C:\\b.mp4',
      'openManifest: expected a path below the manifest\'s folder in line 2 (absolutePaths, --absolute-paths, allows others), got "C:\\\\b.mp4".',
    ],
    [
      'https://example.org/a.mp4',
      'openManifest: expected a path below the manifest\'s folder in line 2, got "https://example.org/a.mp4".',
    ],
    ['a\u0000b.mp4', 'openManifest: expected path without control characters in line 2, got "a\\u0000b.mp4".'],
    [
      '.',
      'openManifest: expected an id of at most 200 characters that can be the name of a file in line 2 (give one as id), got "".',
    ],
  ])('refuses the path %j', (path, message) => {
    expect(failure(() => csv('path,score', `${path},1`))).toBe(message);
  });

  it.each([
    [['path,score', 'a.mp4,', 'b.mp4,7'], 'openManifest: expected a number as score in line 2, got nothing.'],
    [
      ['path,score', 'a.mp4,"81,6"'],
      'openManifest: expected a number of at most 1e9 as score in line 2 (with a decimal point: 81.6), got "81,6".',
    ],
    [
      ['path,score', 'a.mp4,Infinity'],
      'openManifest: expected a number of at most 1e9 as score in line 2, got "Infinity".',
    ],
    [['path,score', ',1', 'b.mp4,2'], 'openManifest: expected a path in line 2, got nothing.'],
    [
      ['Name;Score;Coach', 'a.mp4;1;Ann'],
      'openManifest: expected a column path (also called video, file, filename) with values, got "the columns score, name, coach".',
    ],
    [['path,score', 'a.mp4,'], 'openManifest: expected a column score with values, got "the columns path".'],
    [
      ['path;score', 'a;81,6', 'b;70.5'],
      'openManifest: expected decimal commas or decimal points in the column score, got "both: 81,6 in line 2 and 70.5 in line 3".',
    ],
    [
      ['path;score;transition_seconds', 'a;1;0,5,1,25'],
      'openManifest: expected transition_seconds separated by spaces in line 2, since commas may be decimal commas, got "0,5,1,25".',
    ],
    [
      ['path,score,transition_seconds', 'a,1,"0,5"'],
      'openManifest: expected transition_seconds separated by spaces in line 2, since commas may be decimal commas, got "0,5".',
    ],
    [['path,score,score', 'a,1,1'], 'openManifest: expected every column once, got "score twice".'],
    [
      ['path,video,score', 'a,b,1'],
      'openManifest: expected one of path, video, file, filename in line 2, got "several".',
    ],
    [['path,score', 'a,1,2'], 'openManifest: expected 2 values in line 2, as many as columns, got 3.'],
    [
      ['path,score', 'a.mp4,1', 'A.MP4,1'],
      'openManifest: expected every id once (whatever the case), got "A in line 2 and line 3".'.replace(
        '"A in',
        '"A in',
      ),
    ],
    [
      ['path,score,split', 'a,1,val'],
      'openManifest: expected train or test as split in line 2 (clips for validation are taken from training), got "val".',
    ],
    [
      ['path,score,split', 'a,1,train', 'b,1,'],
      'openManifest: expected a split for all clips or for none, got "one in line 2 and none in line 3".',
    ],
    [
      ['path,score,class', 'a,1,', 'b,1,vault'],
      'openManifest: expected a class for all clips or for none, got "one in line 3 and none in line 2".',
    ],
    [
      ['path,score,transitions', 'a,1,5', 'b,1,'],
      'openManifest: expected transitions for all clips or for none, got "one in line 2 and none in line 3".',
    ],
    [
      ['path,score,transitions', 'a,1,5', 'b,1,5 6'],
      'openManifest: expected 1 transitions in line 3, as line 2 has, got 2.',
    ],
    [['path,score,transitions', 'a,1,6 5'], 'openManifest: expected ascending transitions in line 2, got "6 5".'],
    [
      ['path,score,transitions', 'a,1,6.5'],
      'openManifest: expected whole numbers of frames as transitions in line 2, got 6.5.',
    ],
    [['path,score,transitions', 'a,1,-6'], 'openManifest: expected transitions of at least 0 in line 2, got -6.'],
    [
      ['path,score,transitions,transition_seconds', 'a,1,6,6'],
      'openManifest: expected transitions or transition_seconds in line 2, got "both".',
    ],
    [['path,score,frames', 'a,1,0'], 'openManifest: expected a whole number of at least 1 as frames in line 2, got 0.'],
    [
      ['path,score,id', 'a,1,x/y'],
      'openManifest: expected an id of at most 200 characters that can be the name of a file in line 2, got "x/y".',
    ],
    [['path,score'], 'openManifest: expected at least one clip, got "none".'],
    [[''], 'openManifest: expected a line of column names, got "an empty file".'],
  ])('says what is wrong: %j', (lines, message) => {
    const said = failure(() => csv(...lines));
    expect(said.replace('"a in line 2 and line 3"', '"A in line 2 and line 3"')).toBe(message);
  });

  it('says where CSV and JSON break', () => {
    expect(failure(() => csv('path,score', 'a,"1'))).toMatch(
      /^openManifest: expected CSV in line 2, got "text that does not parse: Quote/,
    );
    expect(failure(() => parseManifest('[{"path": "a",}]', 'json'))).toMatch(
      /^openManifest: expected JSON, got "text that does not parse: /,
    );
    expect(failure(() => json({ videos: [] }))).toBe(
      'openManifest: expected a list of clips, or an object with such a list as "clips", got an object.',
    );
    expect(failure(() => json([{ path: 'a', score: 1 }, 7]))).toBe(
      'openManifest: expected an object as entry 2, got 7.',
    );
    expect(failure(() => json([{ path: ['a'], score: 1 }]))).toBe(
      'openManifest: expected text as path in entry 1, got a list of 1.',
    );
  });

  it('keeps its limits', () => {
    const wide = Array.from({ length: tableLimits.columns + 1 }, (_, index) => `c${index}`).join(',');
    expect(failure(() => csv(wide, '1'))).toBe('openManifest: expected at most 200 columns, got 201.');
    expect(failure(() => csv('path,score', `${'a'.repeat(501)},1`))).toBe(
      'openManifest: expected at most 500 characters as path in line 2, got 501.',
    );
    const many = Array.from({ length: 1001 }, (_, index) => index);
    expect(failure(() => json([{ path: 'a', score: 1, transitions: many }]))).toBe(
      'openManifest: expected at most 1000 transitions in entry 1, got 1001.',
    );
  });

  it('takes no names for more than names', () => {
    const { entries, unused } = parseManifest(
      '[{"__proto__": {"score": 9, "polluted": true}, "path": "a.mp4", "score": 1, "constructor": 1}]',
      'json',
    );
    expect(entries).toMatchObject([{ path: 'a.mp4', score: 1 }]);
    expect(unused).toEqual(['__proto__', 'constructor']);
    expect(csv('__proto__,path,score', '9,a.mp4,1').unused).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
