import { describe, expect, it } from 'vitest';
import { detectShard, parseShard, shardOf } from './index.js';

const list = (length: number, group?: (position: number) => string) =>
  Array.from({ length }, (_, position) => ({
    id: `t${position}`,
    ...(group === undefined ? {} : { group: group(position) }),
  }));

describe('shardOf', () => {
  it.each([
    [0, 3],
    [1, 4],
    [7, 1],
    [10, 3],
    [100, 7],
    [749, 16],
  ])('%i tasks in %i shards: each exactly once, sizes differ by one at most, groups or not', (length, count) => {
    for (const group of [undefined, (position: number) => `g${(position * 7) % 5}`]) {
      const tasks = list(length, group);
      const shards = Array.from({ length: count }, (_, index) => shardOf(tasks, index + 1, count));
      expect(shards.flatMap((shard) => shard.map(({ id }) => id)).sort()).toEqual(tasks.map(({ id }) => id).sort());
      const sizes = shards.map((shard) => shard.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  it('deals tasks out in turn', () => {
    expect(shardOf(list(7), 2, 3).map(({ id }) => id)).toEqual(['t1', 't4']);
  });

  it('keeps groups together: no more cuts through groups than there are borders, order of the list within', () => {
    const tasks = list(12, (position) => 'abcd'[position % 4]!);
    expect([1, 2].map((index) => shardOf(tasks, index, 2).map(({ id }) => id))).toEqual([
      ['t0', 't1', 't4', 't5', 't8', 't9'],
      ['t2', 't3', 't6', 't7', 't10', 't11'],
    ]);
  });

  it('refuses an invalid shard', () => {
    expect(() => shardOf(list(3), 0, 3)).toThrow('shardOf: expected a shard from 1/n to n/n, got 0/3.');
    expect(() => shardOf(list(3), 4, 3)).toThrow('shardOf: expected a shard from 1/n to n/n, got 4/3.');
  });
});

describe('parseShard', () => {
  it.each([
    ['1/1', { index: 1, count: 1 }],
    [' 3/16 ', { index: 3, count: 16 }],
  ])('%s', (text, shard) => {
    expect(parseShard(text)).toEqual(shard);
  });

  it.each([
    ['0/4', 'parseShard: expected a shard from 1/n to n/n, got 0/4.'],
    ['5/4', 'parseShard: expected a shard from 1/n to n/n, got 5/4.'],
    ['1/0', 'parseShard: expected a shard from 1/n to n/n, got 1/0.'],
    ['2', 'parseShard: expected i/n such as 2/4, got "2".'],
    ['-1/4', 'parseShard: expected i/n such as 2/4, got "-1/4".'],
    ['1.5/4', 'parseShard: expected i/n such as 2/4, got "1.5/4".'],
  ])('refuses %s', (text, message) => {
    expect(() => parseShard(text)).toThrow(message);
  });
});

describe('detectShard', () => {
  const slurm = (id: string, count: string, min: string, step = '1') => ({
    SLURM_ARRAY_TASK_ID: id,
    SLURM_ARRAY_TASK_COUNT: count,
    SLURM_ARRAY_TASK_MIN: min,
    SLURM_ARRAY_TASK_STEP: step,
  });

  it.each([
    ['nothing', {}, undefined],
    ['Slurm --array=0-7', slurm('3', '8', '0'), { index: 4, count: 8 }],
    ['Slurm --array=1-8', slurm('8', '8', '1'), { index: 8, count: 8 }],
    ['Slurm --array=0-15:4', slurm('12', '4', '0', '4'), { index: 4, count: 4 }],
    ['a part of an array again', { ...slurm('3', '1', '3'), MCORE_SHARDS: '8' }, { index: 4, count: 8 }],
    ['Kubernetes', { JOB_COMPLETION_INDEX: '0', MCORE_SHARDS: '4' }, { index: 1, count: 4 }],
    ['MCORE_SHARDS alone', { MCORE_SHARDS: '4' }, undefined],
    ['empty variables', { SLURM_ARRAY_TASK_ID: '', JOB_COMPLETION_INDEX: '' }, undefined],
  ])('%s', (_, environment, shard) => {
    expect(detectShard(environment)).toEqual(shard);
  });

  it.each([
    [
      slurm('7', '3', '1'),
      /^detectShard: expected a Slurm array without gaps, got SLURM_ARRAY_TASK_ID=7 in an array of 3\./,
    ],
    [{ SLURM_ARRAY_TASK_ID: '2' }, /^detectShard: expected SLURM_ARRAY_TASK_COUNT or MCORE_SHARDS beside/],
    [{ SLURM_ARRAY_TASK_ID: 'two' }, /^detectShard: expected a whole number in SLURM_ARRAY_TASK_ID, got "two"\.$/],
    [
      { JOB_COMPLETION_INDEX: '2' },
      /^detectShard: expected MCORE_SHARDS, the number of completions of the Kubernetes Job/,
    ],
    [
      { JOB_COMPLETION_INDEX: '4', MCORE_SHARDS: '4' },
      /^detectShard: expected JOB_COMPLETION_INDEX from 0 to 3 with MCORE_SHARDS=4, got 4\.$/,
    ],
  ])('refuses %j', (environment, message) => {
    expect(() => detectShard(environment)).toThrow(message);
  });
});
