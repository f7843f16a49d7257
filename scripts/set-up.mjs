import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const HIDDEN_LOCKFILE = join('node_modules', '.package-lock.json');
const STAMP = join(root, 'node_modules', '.installed-from-lockfile');

/** Says what is being done, on standard error. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Runs a program of Node's with inherited output; ends this process if it fails. */
export function runNode(script, args, options = {}) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Packages that npm installed and that are not there any more, by the list that npm keeps in node_modules.
 *
 * @param {string} directory Where `node_modules` is.
 * @returns {string[] | undefined} Their folders; undefined if the list can't be read.
 */
export function missingPackages(directory) {
  try {
    const { packages } = JSON.parse(readFileSync(join(directory, HIDDEN_LOCKFILE), 'utf8'));
    return Object.keys(packages).filter((path) => !existsSync(join(directory, path, 'package.json')));
  } catch {
    return undefined;
  }
}

/** Installs what the lockfile names, unless exactly that is installed and all of it is still there. */
export function install() {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const isStamped = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockfile;
  const missing = missingPackages(root);
  if (isStamped && missing?.length === 0) return;
  // else npm believes its own list, in which what is missing still stands
  if (missing?.length !== 0) rmSync(join(root, HIDDEN_LOCKFILE), { force: true });
  say('Installing what package-lock.json names (about a minute, once) ...');
  // not `npm ci`, which refuses a lockfile without the optional binaries of other platforms; nothing is saved
  const { status } = runNpm(
    ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    'inherit',
  );
  if (status !== 0) {
    say('npm install failed. It needs the network the first time; see its message above.');
    process.exit(status ?? 1);
  }
  writeFileSync(STAMP, lockfile);
}

/**
 * Lets `npx mcore` find what was built: npm links the programs of packages while it installs, and only those that are there by then.
 */
export function linkPrograms() {
  const missing = ['mcore', 'mcore-tensorflow'].some((name) => !existsSync(join(root, 'node_modules', '.bin', name)));
  if (missing) runNpm(['rebuild', '--ignore-scripts', '--loglevel=error'], 'ignore');
}

/**
 * Runs the npm that runs this, or the one of the path, in the root.
 *
 * @param {readonly string[]} args
 * @param {'inherit' | 'ignore' | 'pipe'} output What becomes of its standard output.
 * @returns {{ status: number | null, stdout: string | null }} Its exit status and, for `pipe`, what it printed.
 */
export function runNpm(args, output) {
  // npm is asked for by the path it started us with; a shell is needed for npm.cmd on Windows
  const npm = process.env.npm_execpath;
  const [program, ...before] = npm ? [process.execPath, npm] : ['npm'];
  return spawnSync(program, [...before, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', output, 'inherit'],
    shell: !npm && process.platform === 'win32',
  });
}

/**
 * Builds every package that changed since its last build.
 *
 * @param {{ types?: boolean }} [options] `types` for type declarations too, which are published.
 */
export function build({ types = false } = {}) {
  say(
    `Building the packages${types ? ' and their type declarations' : ''} (${types ? 'two minutes' : 'half a minute'} the first time, unchanged ones are skipped) ...`,
  );
  const tasks = types ? ['build', 'types'] : ['build'];
  runNode(join(root, 'node_modules', 'turbo', 'bin', 'turbo'), ['run', ...tasks, '--output-logs=errors-only'], {
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  linkPrograms();
}
