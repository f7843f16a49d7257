import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EngineError } from '@mcore/errors';

/**
 * Runs `work` while holding a lock file that names this process, so that two installations never write the same folder.
 * The lock of a process that no longer runs is taken over.
 *
 * @param file - The lock file; its folder is created.
 * @param work - What is done under the lock.
 * @returns What `work` returns.
 * @throws {@link EngineError} if another process holds the lock.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  acquire(file);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function acquire(file: string): void {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = Number(readFileSync(file, 'utf8'));
  if (isRunning(holder)) {
    throw new EngineError(
      `installTensorflow: another installation is running (process ${holder}). Wait for it, or, if that process is not an installation, delete ${file}.`,
    );
  }
  rmSync(file, { force: true });
  acquire(file);
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0); // sends nothing, only asks
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, as another user
  }
}
