import { spawn } from 'node:child_process';
import { McoreError } from '@mcore/errors';

/** Lines of standard error that are kept of a program that failed. */
const LAST_LINES = 5;

/**
 * Runs a program in a process of its own, without a shell, as a task that is a whole command.
 *
 * @param program - Its path.
 * @param name - For errors: the command as a person would type it.
 * @returns The JSON that it printed.
 * @throws {@link McoreError} `ERR_MCORE_COMMAND` with the end of its standard error if it failed.
 */
export async function runProgram(program: string, args: readonly string[], name: string): Promise<unknown> {
  const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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
  if (status !== 0) throw new McoreError('ERR_MCORE_COMMAND', `${name}: ended with ${status}. ${end}`);
  try {
    return JSON.parse(stdout);
  } catch {
    throw new McoreError('ERR_MCORE_COMMAND', `${name}: expected JSON, got "${stdout.slice(0, 60)}".`);
  }
}
