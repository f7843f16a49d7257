import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '@mcore/errors';
import { temporaryFolder, write } from '@mcore/testing/temporary-folder';
import { expect, it } from 'vitest';
import { withLock } from './install-lock.js';
import { runCommand } from './run-command.js';

it('holds the lock during the work and releases it after success and failure', async () => {
  const file = join(temporaryFolder(), 'cache', 'x.lock');
  expect(await withLock(file, async () => existsSync(file))).toBe(true);
  expect(existsSync(file)).toBe(false);
  const failure = withLock(file, async () => {
    throw new Error('in between');
  });
  await expect(failure).rejects.toThrow('in between');
  expect(existsSync(file)).toBe(false);
});

it('refuses a second holder and leaves the lock to the first', async () => {
  const file = join(temporaryFolder(), 'x.lock');
  await withLock(file, async () => {
    await expect(withLock(file, async () => 'never')).rejects.toThrow(
      new EngineError(
        `installTensorflow: another installation is running (process ${process.pid}). Wait for it, or, if that process is not an installation, delete ${file}.`,
      ),
    );
    expect(existsSync(file)).toBe(true);
  });
});

it('takes over the lock of a process that has ended, and a lock that names no process', async () => {
  const file = join(temporaryFolder(), 'x.lock');
  const { stdout } = await runCommand(process.execPath, ['-p', 'process.pid']);
  write(file, stdout.trim());
  expect(await withLock(file, async () => 'worked')).toBe('worked');
  write(file, '');
  expect(await withLock(file, async () => 'worked')).toBe('worked');
});
