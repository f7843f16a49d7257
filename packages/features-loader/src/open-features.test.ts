import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError, DataError } from '@mcore/errors';
import { writeSafetensors } from '@mcore/safetensors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFeatures, parseFeatureManifest } from './index.js';

let folder: string;
const manifest = async (name: string, ...lines: string[]) => {
  await writeFile(join(folder, name), lines.join('\n'));
  return join(folder, name);
};
const csv = (...lines: string[]) => parseFeatureManifest(lines.join('\n'), 'csv');
const golden = (name: string) => fileURLToPath(new URL(`../../pickle/src/__fixtures__/npy/${name}`, import.meta.url));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcore-features-'));
  await mkdir(join(folder, 'a'));
  await writeFile(join(folder, 'a', 'one.csv'), '1,2\n3,4\n5,6\n');
  await writeFile(join(folder, 'a', 'two.json'), '[[7, 8], [9, 10]]');
  await writeFile(join(folder, 'wide.txt'), '1 2 3\n4 5 6\n7 8 9\n');
  await writeFile(join(folder, 'nan.csv'), '1,2\n3,nan\n');
  await writeFile(join(folder, 'none.csv'), 'left,right\n');
  await writeFile(join(folder, 'broken.npz'), 'PK');
  await copyFile(golden('objects.npy'), join(folder, 'objects.npy'));
  await copyFile(golden('vector.npy'), join(folder, 'vector.npy'));
  const row = (value: number) => ({ dtype: 'F32' as const, shape: [1, 2], data: Float32Array.of(value, -value) });
  await writeFile(join(folder, 'all.safetensors'), writeSafetensors({ s01: row(1), s02: row(2), s03: row(3) }));
});
afterAll(() => rm(folder, { recursive: true }));

describe('parseFeatureManifest', () => {
  it('reads every column', () => {
    const { entries, targets, groups, unused } = csv(
      'path,target_tes,target_pcs,awards,passed,subject,group_rink,class,transitions,split,colour',
      'a.npy;b.npz#pose,30.5,12,7.5 8 8.5,pass,S1,north,Short,10 20,train,red',
    );
    expect(entries).toEqual([
      {
        place: 'line 2',
        id: 'a',
        paths: ['a.npy', 'b.npz#pose'],
        score: 42.5,
        targets: { tes: 30.5, pcs: 12 },
        passed: true,
        awards: [7.5, 8, 8.5],
        groups: { subject: 'S1', rink: 'north' },
        diveNumber: 'short',
        difficulty: 1,
        transitions: [10, 20],
        split: 'train',
        event: '',
      },
    ]);
    expect([targets, groups, unused]).toEqual([['tes', 'pcs'], ['subject', 'rink'], ['colour']]);
  });

  it('makes a score of targets, or of a verdict, and takes other columns as groups', () => {
    const lines = ['path,target_execution,target_difficulty,club', 'a.npy,8,3,x'].join('\n');
    const scores = (['sum', 'product', 'mean'] as const).map(
      (scoreOf) => parseFeatureManifest(lines, 'csv', { scoreOf }).entries[0]!.score,
    );
    expect(scores).toEqual([11, 24, 5.5]);
    expect(parseFeatureManifest(lines, 'csv', { groups: ['Club'] }).entries[0]!.groups).toEqual({ club: 'x' });
    expect(csv('path,label', 'a.npy,0', 'b.npy,1').entries.map(({ score, targets }) => [score, targets])).toEqual([
      [0, { score: 0 }],
      [1, { score: 1 }],
    ]);
    expect(parseFeatureManifest('[{"path": ["a.npy", "b.npy"], "passed": true}]', 'json').entries[0]).toMatchObject({
      paths: ['a.npy', 'b.npy'],
      passed: true,
      score: 1,
    });
  });

  it.each([
    [['path,subject', 'a.npy,S1'], 'expected a number as score (or target_..., or passed) in line 2, got nothing'],
    [['path,score', '../a.npy,1'], 'expected a path below the manifest\'s folder in line 2, got "../a.npy"'],
    [['path,score', 'a.npy;/etc/x.npy,1'], 'expected a path below the manifest\'s folder in line 2, got "/etc/x.npy"'],
    [['path,score', 'a.npy;,1'], 'expected a path in line 2, got nothing'],
    [
      ['path,score', 'a.npy,1', 'b/../a.npy,1'],
      'expected a path below the manifest\'s folder in line 3, got "b/../a.npy"',
    ],
    [['path,score', 'a.npy,1', 'a.npz,2'], 'expected every id once (whatever the case), got "a in line 2 and line 3"'],
    [
      ['path,passed', 'a.npy,maybe'],
      'expected 1 or 0, pass or fail, correct or incorrect as passed in line 2, got "maybe"',
    ],
    [
      ['path,score,passed', 'a.npy,1,1', 'b.npy,2,'],
      'expected a verdict as passed for all clips or for none, got "one in line 2 and none in line 3"',
    ],
    [
      ['path,target_a,target_b', 'a.npy,1,2', 'b.npy,1,'],
      'expected target_b for all clips or for none, got "one in line 2 and none in line 3"',
    ],
    [
      ['path,score,subject', 'a.npy,1,', 'b.npy,1,S1'],
      'expected a group subject for all clips or for none, got "one in line 3 and none in line 2"',
    ],
    [['path,target_a', 'a.npy,x'], 'expected a number of at most 1e9 as target_a in line 2, got "x"'],
  ])('says what is wrong: %j', (lines, message) => {
    expect(() => csv(...lines)).toThrow(new DataError(`openFeatures: ${message}.`));
  });
});

describe('openFeatures', () => {
  it('reads arrays of several lengths and kinds, joined or by name', async () => {
    const path = await manifest(
      'kinds.csv',
      'path,score,subject,split',
      'a/one.csv,1,S1,train',
      'a/two.json,2,S2,test',
      'all.safetensors#s02,3,S2,train',
    );
    const dataset = await openFeatures(path, { stages: 2 });
    expect(dataset.channels).toBe(2);
    expect(dataset.clips[0]).toEqual({
      id: 'a__one',
      competition: 'S1',
      diveNumber: 'any',
      score: 1,
      difficulty: 1,
      frameCount: 3,
      transitions: [2],
      split: 'train',
      targets: { score: 1 },
      groups: { subject: 'S1' },
    });
    expect(dataset.clips.map(({ id, frameCount }) => `${id} ${frameCount}`)).toEqual([
      'a__one 3',
      'a__two 2',
      'all__s02 1',
    ]);
    expect(await dataset.readFeatures('a__two')).toEqual({
      data: Float32Array.of(7, 8, 9, 10),
      steps: 2,
      channels: 2,
    });
    expect([...(await dataset.readFeatures('all__s02')).data]).toEqual([2, -2]);
    expect(dataset.notes).toEqual([
      'no transitions: every clip is cut into 2 parts of the same length',
      'no classes: every clip may be compared with every other',
    ]);
    const joined = await openFeatures(await manifest('join.csv', 'path,score,split', 'a/one.csv;wide.txt,1,train'));
    expect([...(await joined.readFeatures('a__one')).data]).toEqual([1, 2, 1, 2, 3, 3, 4, 4, 5, 6, 5, 6, 7, 8, 9]);
  });

  it('gives the same from memory and from disk', async () => {
    const path = await manifest('memory.csv', 'path,score', 'a/one.csv,1', 'a/two.json,2');
    const [kept, read] = [await openFeatures(path), await openFeatures(path, { memoryBytes: 0 })];
    for (const { id } of kept.clips) expect(await read.readFeatures(id)).toEqual(await kept.readFeatures(id));
    expect(read.fingerprint).toBe(kept.fingerprint);
    await expect(kept.readFeatures('x')).rejects.toThrow(
      new ArgumentError('FeatureDataset: expected the id of one of its 2 clips, got x.'),
    );
  });

  it('draws whole groups for testing where there is no split', async () => {
    const rows = ['s01', 's02', 's03'].flatMap((name) =>
      ['a', 'b'].map((take) => `all.safetensors#${name},${name + take},1,${name}`),
    );
    const { clips, notes } = await openFeatures(await manifest('groups.csv', 'path,id,score,subject', ...rows));
    const test = clips.filter(({ split }) => split === 'test');
    expect(test).toHaveLength(2);
    expect(new Set(test.map(({ groups }) => groups.subject)).size).toBe(1);
    expect(notes.at(-1)).toBe('no split: whole groups, 2 clips, are for testing (seed 0)');
  });

  it.each([
    ['nan.csv', 'expected finite numbers, got NaN at step 1, channel 1 (from 0)'],
    ['none.csv', 'expected at least 1 step and 1 channel, got shape [0, 2]'],
    ['wide.txt', 'expected 2 channels, as line 2 has, got 3'],
    ['objects.npy', 'expected an array of numbers, got pickled objects (save it with dtype=numpy.float32)'],
    ['vector.npy', 'expected an array [time, channels] or [time, joints, 2 or 3], got shape [7]'],
    ['all.safetensors', 'expected a file of one array, or path#name, got 3 arrays: s01, s02, s03'],
    ['all.safetensors#s09', 'expected one of the arrays s01, s02, s03, got "s09"'],
    ['a', 'expected a file that ends in npy, npz, safetensors, csv, tsv, txt, json, got FOLDER/a'],
    ['gone.npy', 'expected a file at FOLDER/gone.npy, got no such file'],
    ['a/one.csv;a/two.json', 'expected files of the same number of steps, got 3, 2 (or set join to "resample")'],
  ])('names manifest, line and file of %s, or leaves it out', async (file, problem) => {
    const path = await manifest('bad.csv', 'path,score,id', 'a/one.csv,1,x', 'a/two.json,2,y', `${file},3,z`);
    const message = `line 4 of ${path} (${file.replaceAll(';', '; ')}): ${problem.replaceAll('FOLDER', folder)}`;
    await expect(openFeatures(path)).rejects.toThrow(new DataError(`openFeatures: ${message}.`));
    const { clips, problems } = await openFeatures(path, { unreadable: 'leave-out' });
    expect(clips.map(({ id }) => id)).toEqual(['x', 'y']);
    expect(problems).toEqual([{ clip: 'z', place: 'line 4', problem: message }]);
  });

  it('names a broken archive', async () => {
    const path = await manifest('zip.csv', 'path,score', 'broken.npz,1');
    await expect(openFeatures(path)).rejects.toThrow(/^openFeatures: line 2 of .*zip\.csv \(broken\.npz\): /);
  });

  it('refuses transitions beyond the last step, and options out of range', async () => {
    const path = await manifest('late.csv', 'path,score,transitions', 'a/one.csv,1,1 3');
    await expect(openFeatures(path)).rejects.toThrow(
      new DataError(`openFeatures: line 2 of ${path} (a/one.csv): expected transitions within 3 steps, got one at 3.`),
    );
    await expect(openFeatures(path, { stages: 1 })).rejects.toThrow(
      new ArgumentError('openFeatures: stages must be a whole number from 2 to 1001, got 1.'),
    );
  });
});
