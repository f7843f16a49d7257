import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root, say } from './set-up.mjs';

/**
 * `node scripts/set-up-python.mjs`: a Python environment in the user's cache folder with what goldens/requirements.txt names.
 * Tests that compare with PyTorch and onnxruntime find it there, and are skipped without it; so do the golden scripts.
 */
const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mcore', 'python');
const [bin, name] = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
const python = join(folder, bin, name);

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    say(error ? `${program}: ${error.message}` : `${program} ${args.join(' ')} failed.`);
    process.exit(status ?? 1);
  }
}

if (!existsSync(python)) {
  say(`Making a Python environment in ${folder} ...`);
  run(process.env.PYTHON ?? (process.platform === 'win32' ? 'python' : 'python3'), ['-m', 'venv', folder]);
}
say('Installing what goldens/requirements.txt names (PyTorch is large) ...');
run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', join(root, 'goldens', 'requirements.txt')]);
process.stdout.write(`${python}\n`);
