import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../packages.mjs';

/** The built command line. */
export const main = join(root, 'apps', 'cli', 'dist', 'main.js');

/**
 * What a finished process left.
 *
 * @typedef {{ status: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string, seconds: number }} Finished
 */

/**
 * Starts the built command line.
 *
 * @param {string[]} args
 * @param {string} cwd
 * @param {{ env?: Record<string, string>, before?: string[] }} [options] `before`: a program that runs it, with its arguments.
 * @returns {{ process: import('node:child_process').ChildProcess, finished: Promise<Finished> }}
 */
export function startMcore(args, cwd, { env = {}, before = [] } = {}) {
  const [program, ...rest] = [...before, process.execPath, main, ...args];
  const started = Date.now();
  const child = spawn(/** @type {string} */ (program), rest, {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    text.stderr += chunk;
  });
  return {
    process: child,
    finished: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status, signal) =>
        resolve({ status, signal, ...text, seconds: (Date.now() - started) / 1000 }),
      );
    }),
  };
}

/** Runs it to its end. */
export function mcore(
  /** @type {string[]} */ args,
  /** @type {string} */ cwd,
  /** @type {Parameters<typeof startMcore>[2]} */ options,
) {
  return startMcore(args, cwd, options).finished;
}

/** Runs it to its end, which has to be a good one. */
export async function mcoreDone(
  /** @type {string[]} */ args,
  /** @type {string} */ cwd,
  /** @type {Parameters<typeof startMcore>[2]} */ options,
) {
  const finished = await mcore(args, cwd, options);
  check(
    finished.status === 0,
    `mcore ${args.join(' ')}: expected status 0, got ${finished.status}: ${finished.stderr}`,
  );
  return finished;
}

/** Throws unless something holds. */
export function check(/** @type {boolean} */ holds, /** @type {string} */ otherwise) {
  if (!holds) throw new Error(otherwise);
}

/** The last line of a failed run, which has to be one of ours and not a stack. */
export function failureOf(/** @type {Finished} */ { status, stderr }) {
  check(status === 1, `expected status 1, got ${status}: ${stderr}`);
  check(!/^ {4}at /m.test(stderr), `expected one line, got a stack: ${stderr}`);
  const line = stderr.trim().split('\n').at(-1) ?? '';
  check(/Failed: /.test(line), `expected a line with the failure, got: ${stderr}`);
  return line;
}

/**
 * Every file below a folder with a hash of what is in it, in the order of their names.
 *
 * @returns {Map<string, string>}
 */
export function filesBelow(/** @type {string} */ folder) {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1).replaceAll('\\', '/'), hashOf(path)]));
}

/** Of a file's bytes. */
export function hashOf(/** @type {string} */ path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Names of temporary files below a folder. */
export function leftoversBelow(/** @type {string} */ folder) {
  return [...filesBelow(folder).keys()].filter((path) => /\.(tmp|partial)(\/|$)|\.mcore\.lock$/.test(path));
}

/** A new folder. */
export function newFolder(/** @type {string} */ parent, /** @type {string} */ name) {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Waits until something holds; an error where a process ends first. */
export async function until(
  /** @type {() => boolean} */ holds,
  /** @type {import('node:child_process').ChildProcess} */ child,
  every = 10,
) {
  while (!holds()) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('the process ended too early');
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
