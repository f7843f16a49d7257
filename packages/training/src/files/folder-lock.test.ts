import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { holdingResults, LOCK_NAME, lockFolder } from './folder-lock.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const lockFile = join(folder, LOCK_NAME);
const holder = (pid: number, host = hostname()) =>
  JSON.stringify({ pid, host, command: 'mcore train', since: '2024-01-01T00:00:00.000Z' });

it('is held until it is released, and leaves nothing behind', async () => {
  const lock = await lockFolder(folder, 'mcore train');
  expect(existsSync(lockFile)).toBe(true);
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

it('refuses a folder that a live process holds, and says which', async () => {
  writeFileSync(lockFile, holder(process.ppid));
  await expect(lockFolder(folder, 'mcore score')).rejects.toMatchObject({
    code: 'ERR_MCORE_LOCKED',
    message: `${folder} is locked by mcore train (process ${process.ppid} on ${hostname()}, since 2024-01-01T00:00:00.000Z). Wait for it or choose another folder; if nothing runs there, delete ${lockFile}.`,
  });
});

it('takes over from a process that is gone', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(lockFile, holder(pid));
  const lock = await lockFolder(folder, 'mcore train');
  await lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

it('removes what a process left that was killed while it made the lock', async () => {
  writeFileSync(`${lockFile}.18259424.tmp`, '');
  const lock = await lockFolder(folder, 'mcore data render');
  expect(readdirSync(folder)).toEqual([LOCK_NAME]);
  await lock.release();
});

it('lets exactly one of many in who all find a stale lock', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(lockFile, holder(pid));
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder, 'mcore train')));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([LOCK_NAME]);
  rmSync(lockFile);
});

it('refuses a folder that this very process holds', async () => {
  const lock = await lockFolder(folder, 'fit');
  await expect(lockFolder(folder, 'fit')).rejects.toThrow(`locked by fit (process ${process.pid} on`);
  await lock.release();
});

it('says so where a folder has the name of the lock, instead of trying for ever', async () => {
  mkdirSync(lockFile);
  await expect(lockFolder(folder, 'fit')).rejects.toMatchObject({
    code: 'ERR_MCORE_LOCKED',
    message: `expected a lock file at ${lockFile}, got a folder. If nothing writes to ${folder}, delete it.`,
  });
  rmSync(lockFile, { recursive: true });
});

it.each([
  ['of another machine', holder(1, 'elsewhere'), 'mcore train (process 1 on elsewhere'],
  ['that is not JSON', '', 'an unknown process (its lock file is not readable)'],
])('refuses a lock %s, since it may be in use', async (_, text, who) => {
  writeFileSync(lockFile, text);
  await expect(lockFolder(folder, 'mcore train')).rejects.toThrow(who);
  rmSync(lockFile);
});

it('holds a shard of results while its work is done, the other shards of the folder not', async () => {
  const results = join(folder, 'results');
  const [one, other] = [
    { index: 1, count: 2 },
    { index: 2, count: 2 },
  ];
  const held = join(results, 'results-0001-of-0002.jsonl');
  await holdingResults(results, one, 'mcore score', async () => {
    expect(readdirSync(results)).toEqual([`results-0001-of-0002.jsonl${LOCK_NAME}`]);
    expect(await holdingResults(results, other, 'mcore score', async () => 'done')).toBe('done');
    // a lock of this very process is that of an earlier one of its number
    writeFileSync(`${held}${LOCK_NAME}`, holder(process.ppid));
    await expect(holdingResults(results, one, 'mcore eval', async () => 'never')).rejects.toThrow(
      `${held} is locked by mcore train (process ${process.ppid} on`,
    );
    rmSync(`${held}${LOCK_NAME}`);
  });
  const failed = holdingResults(results, one, 'mcore score', () => Promise.reject(new Error('stopped')));
  await expect(failed).rejects.toThrow('stopped');
  expect(readdirSync(results)).toEqual([]);
});
