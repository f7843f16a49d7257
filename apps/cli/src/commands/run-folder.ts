import { existsSync } from 'node:fs';
import { lockFolder, RunFiles, removeLeftovers } from '@mcore/training/node';
import { say } from '../terminal/output.js';

/**
 * Works in a run's folder, which is held meanwhile, cleared of what a killed run left half written.
 *
 * @param command - Who holds it.
 * @param options - The folder, and whether `--resume` was given.
 * @param work - Is told whether there is a checkpoint to go on from.
 */
export async function inRunFolder(
  command: string,
  { out, resume }: { out: string; resume: boolean },
  work: (resume: boolean) => Promise<void>,
): Promise<void> {
  const { last } = new RunFiles(out);
  const goesOn = resume && existsSync(last);
  if (resume && !goesOn) say(`No ${last} yet, so this run begins at its first step.`);
  const lock = await lockFolder(out, command);
  try {
    await removeLeftovers(out);
    await work(goesOn);
  } finally {
    await lock.release();
  }
}
