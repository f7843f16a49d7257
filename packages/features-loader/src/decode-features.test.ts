import { readFileSync } from 'node:fs';
import { DataError } from '@mcore/errors';
import { writeSafetensors } from '@mcore/safetensors';
import { describe, expect, it } from 'vitest';
import { type FeatureFormat, joinChannels, openArrayFile, sequenceOf } from './index.js';

const text = (content: string) => new TextEncoder().encode(content);
const read = (content: string, format: FeatureFormat) => sequenceOf(openArrayFile(text(content), format));
const plain = ({ data, steps, channels }: { data: Float32Array; steps: number; channels: number }) => ({
  values: [...data],
  steps,
  channels,
});
const numpy = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../pickle/src/__fixtures__/npy/${name}`, import.meta.url)));
const three = { values: [1, 2, 3, 4, 5, 6], steps: 3, channels: 2 };

describe('openArrayFile and sequenceOf', () => {
  it.each<[string, string, FeatureFormat]>([
    ['commas', '1,2\n3,4\n5,6\n', 'csv'],
    ['names of channels', 'left knee,right knee\n1,2\n3,4\n5,6', 'csv'],
    ['semicolons, Windows line ends, a byte order mark', '\uFEFF1;2\r\n3;4\r\n5;6\r\n', 'csv'],
    ['tabs', '1\t2\n3\t4\n5\t6', 'tsv'],
    ['spaces as JIGSAWS has them, a comment', '# kinematics\n  1.0   2e0 \n 3 +4\n\n 5. 6', 'txt'],
    ['JSON', '[[1, 2], [3, 4], [5, 6]]', 'json'],
    ['JSON in an object', '{"fps": 30, "features": [[1, 2], [3, 4], [5, 6]]}', 'json'],
  ])('reads %s', (_, content, format) => {
    expect(plain(read(content, format))).toEqual(three);
  });

  it('reads poses: coordinates become channels, joint by joint', () => {
    const poses = [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [7, 8, 9],
        [10, 11, 12],
      ],
    ];
    expect(plain(read(JSON.stringify(poses), 'json'))).toEqual({
      values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      steps: 2,
      channels: 6,
    });
  });

  it('reads .npy, and one of the arrays of .npz and .safetensors, of any real type', () => {
    const { files, archive } = JSON.parse(new TextDecoder().decode(numpy('about.json')));
    for (const name of ['f2-big.npy', 'f4-little.npy', 'f8-little.npy', 'i4-big.npy', 'u1-little.npy']) {
      const expected = files[name].values.map((value: number | string) => Math.fround(Number(value)));
      expect(plain(sequenceOf(openArrayFile(numpy(name), 'npy')))).toEqual({ values: expected, steps: 4, channels: 3 });
    }
    const npz = openArrayFile(numpy('deflated.npz'), 'npz');
    expect(plain(sequenceOf(npz, 'features'))).toEqual({ values: archive.features, steps: 6, channels: 4 });
    const file = writeSafetensors({
      one: { dtype: 'F16', shape: [3, 2], data: Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600) },
      two: { dtype: 'F64', shape: [1, 1], data: Float64Array.of(0.5) },
    });
    expect(plain(sequenceOf(openArrayFile(file, 'safetensors'), 'one'))).toEqual(three);
  });

  it.each<[string, FeatureFormat, string]>([
    ['1,2\n3,nan\n', 'csv', 'expected finite numbers, got NaN at step 1, channel 1 (from 0)'],
    [
      '1,2\n-inf,4\n',
      'csv',
      'expected finite numbers, got a number beyond single precision or infinity at step 1, channel 0 (from 0)',
    ],
    [
      '1,2\n1e39,4\n',
      'csv',
      'expected finite numbers, got a number beyond single precision or infinity at step 1, channel 0 (from 0)',
    ],
    ['1,2\n3\n', 'csv', 'expected 2 numbers in line 2, as in the first, got 1'],
    ['1,2\n3,x\n', 'csv', 'expected a number in line 2, got "x"'],
    ['1,2\n3,\n', 'csv', 'expected a number in line 2, got ""'],
    ['1,2\n3,0x10\n', 'csv', 'expected a number in line 2, got "0x10"'],
    ['left,right\n', 'csv', 'expected at least 1 step and 1 channel, got shape [0, 2]'],
    ['', 'txt', 'expected at least 1 step and 1 channel, got shape [0, 0]'],
    ['[]', 'json', 'expected an array [time, channels] or [time, joints, 2 or 3], got shape [0]'],
    ['[1, 2]', 'json', 'expected an array [time, channels] or [time, joints, 2 or 3], got shape [2]'],
    ['[[[1, 2, 3, 4]]]', 'json', 'expected an array [time, channels] or [time, joints, 2 or 3], got shape [1, 1, 4]'],
    ['[[1, 2], [3]]', 'json', 'expected lists of 2 in dimension 2, as the first, got one of 1'],
    ['[[1, 2], [3, null]]', 'json', 'expected finite numbers, got NaN at step 1, channel 1 (from 0)'],
    ['[[1, 2], [3, "4"]]', 'json', 'expected numbers, got a string'],
    ['{"a": [[1]], "b": [[1]]}', 'json', 'expected a list of steps, or an object with one such list, got an object'],
    ['[[1]', 'json', 'expected JSON, got text that does not parse'],
  ])('refuses %j', (content, format, message) => {
    expect(() => read(content, format)).toThrow(new DataError(`readFeatureFile: ${message}.`));
  });

  it('asks for the name of an array where there are several', () => {
    const npz = openArrayFile(numpy('stored.npz'), 'npz');
    expect(() => sequenceOf(npz)).toThrow(
      new DataError(
        'readFeatureFile: expected a file of one array, or path#name, got 3 arrays: features, mask, objects.',
      ),
    );
    expect(() => sequenceOf(npz, 'poses')).toThrow(
      new DataError('readFeatureFile: expected one of the arrays features, mask, objects, got "poses".'),
    );
    expect(() => sequenceOf(npz, 'mask')).toThrow('got shape [6]');
    expect(() => sequenceOf(npz, 'objects')).toThrow('got pickled objects');
  });

  it('refuses text that is not UTF-8', () => {
    expect(() => sequenceOf(openArrayFile(Uint8Array.of(0xff, 0x31), 'csv'))).toThrow(
      new DataError('readFeatureFile: expected UTF-8 text, got other bytes.'),
    );
  });
});

describe('joinChannels', () => {
  const a = { data: Float32Array.of(1, 2, 3), steps: 3, channels: 1 };
  const b = { data: Float32Array.of(10, 11, 20, 21, 30, 31), steps: 3, channels: 2 };

  it('puts the channels of every step one after the other', () => {
    expect(plain(joinChannels([a, b], false))).toEqual({
      values: [1, 10, 11, 2, 20, 21, 3, 30, 31],
      steps: 3,
      channels: 3,
    });
  });

  it('refuses other lengths, or resamples them to the first', () => {
    const short = { data: Float32Array.of(10, 30), steps: 2, channels: 1 };
    expect(() => joinChannels([a, short], false)).toThrow(
      new DataError(
        'readFeatureFile: expected files of the same number of steps, got 3, 2 (or set join to "resample").',
      ),
    );
    expect(plain(joinChannels([a, short], true)).values).toEqual([1, 10, 2, 20, 3, 30]);
  });
});
