import { existsSync } from 'node:fs';
import { DataError } from '@mcore/errors';
import type { ResumeMode } from '@mcore/training';
import { lockFolder, RunFiles, removeLeftovers } from '@mcore/training/node';
import { say } from '../terminal/output.js';

/**
 * Works in a run's folder, which is held meanwhile, cleared of what a killed run left half written.
 *
 * @param command - Who holds it.
 * @param options - The folder, and whether `--resume` was given.
 * @throws DataError if there is no folder to resume in.
 */
export async function inRunFolder(
  command: string,
  { out, resume }: { out: string; resume: boolean },
  work: (files: RunFiles, mode: ResumeMode) => Promise<void>,
): Promise<void> {
  const files = new RunFiles(out);
  if (resume && !existsSync(out)) throw new DataError(`${command}: expected a run to resume in ${out}, got none.`);
  if (resume && !existsSync(files.last)) say(`No ${files.last} yet, so this run begins at its first step.`);
  const lock = await lockFolder(out, command);
  try {
    await removeLeftovers(out);
    await work(files, resume ? 'resume' : 'start-over');
  } finally {
    await lock.release();
  }
}
