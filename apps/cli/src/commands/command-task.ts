import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { McoreError } from '@mcore/errors';

/** A task that is a whole `mcore` command, such as a training run or an evaluation. */
export interface CommandTask {
  /** Arguments of `mcore`; `--json` is added. */
  args: string[];
}

/** Lines of standard error that are kept of a command that failed. */
const LAST_LINES = 5;

/**
 * Runs an `mcore` command in a process of its own, without a shell.
 *
 * @returns The JSON it printed.
 * @throws {@link McoreError} with `ERR_MCORE_COMMAND` and the end of its standard error if it failed.
 */
export async function runCommandTask({ args }: CommandTask): Promise<unknown> {
  if (!Array.isArray(args) || !args.every((argument) => typeof argument === 'string')) {
    throw new McoreError('ERR_MCORE_ARGUMENT', 'mcore task: expected params.args, a list of texts.');
  }
  // everything is bundled into dist/, so the program lies beside this file
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const child = spawn(process.execPath, [main, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-10_000);
  });
  const status = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const end = stderr.trim().split('\n').slice(-LAST_LINES).join('\n');
  if (status !== 0) throw new McoreError('ERR_MCORE_COMMAND', `mcore ${args.join(' ')}: ended with ${status}. ${end}`);
  try {
    return JSON.parse(stdout);
  } catch {
    throw new McoreError('ERR_MCORE_COMMAND', `mcore ${args.join(' ')}: expected JSON, got "${stdout.slice(0, 60)}".`);
  }
}
