import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** What a finished process left. */
export interface Finished {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Starts the built command line as a user would. */
export function startMcore(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): { process: ChildProcess; finished: Promise<Finished> } {
  if (!existsSync(MAIN)) throw new Error(`wanted the built command line, got no ${MAIN}: npx turbo run build`);
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  return { process: child, finished };
}

/** Runs the built command line to its end. */
export function runMcore(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return startMcore(args, cwd, environment).finished;
}
