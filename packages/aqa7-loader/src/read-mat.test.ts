import { readFileSync } from 'node:fs';
import { DataError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
// computed by goldens/aqa7-loader.py with SciPy
import golden from './__fixtures__/labels.json' with { type: 'json' };
import { readMat } from './read-mat.js';

const bytes = (path: string) => new Uint8Array(readFileSync(new URL(`./__fixtures__/${path}`, import.meta.url)));
const rowsOf = ({ rows, columns, data }: { rows: number; columns: number; data: Float64Array }) =>
  Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => data[column * rows + row]!));

describe('readMat', () => {
  it('reads bit-exactly what SciPy wrote, compressed or not, and skips text', () => {
    const train = readMat(bytes('aqa-7/Split_4/split_4_train_list.mat'), 'train');
    expect([...train.keys()]).toEqual(['consolidated_train_list']);
    expect(rowsOf(train.get('consolidated_train_list')!)).toEqual(golden.train);
    const test = readMat(bytes('aqa-7/Split_4/split_4_test_list.mat'), 'test');
    expect(rowsOf(test.get('consolidated_test_list')!)).toEqual(golden.test);
  });

  it('reads small numbers of 8, 16 and 32 bits', () => {
    const of = (path: string, name: string) => [...readMat(bytes(`unlv-dive/${path}`), name).get(name)!.data];
    expect(of('split_300_70/training_idx.mat', 'training_idx')).toEqual([2, 3]);
    expect(of('split_300_70/testing_idx.mat', 'testing_idx')).toEqual([1]);
    expect(of('diving_difficulty_level.mat', 'difficulty_level')).toEqual(golden.difficulties.map(Math.fround));
  });

  it('refuses what is not such a file', () => {
    const whole = bytes('aqa-7/Split_4/split_4_test_list.mat');
    const hdf5 = new TextEncoder().encode('MATLAB 7.3 MAT-file'.padEnd(200));
    const wrong = (got: string) => new DataError(`readMat: expected a MAT-file of level 5 as a.mat, got ${got}.`);
    expect(() => readMat(hdf5, 'a.mat')).toThrow(wrong("one of MATLAB 7.3; save it with '-v7'"));
    expect(() => readMat(new Uint8Array(500), 'a.mat')).toThrow(wrong('something else'));
    expect(() => readMat(whole.subarray(0, 100), 'a.mat')).toThrow(wrong('something else'));
    expect(() => readMat(whole.subarray(0, -20), 'a.mat')).toThrow(
      wrong('one that is damaged (an element ends beyond the end of the file)'),
    );
  });
});
