import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisedFiles, root } from './packages.mjs';

/**
 * `prepack` of every package: JavaScript and types are there and not older than the sources when it is packed. Nothing is
 * built where they are, so that packing all packages at once, as a release does after `npm run build`, races with nothing.
 */
const directory = process.cwd();
const json = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));

const sources = readdirSync(join(directory, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.includes('.test'))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((path) => !path.includes('__fixtures__'));
const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
const upToDate = (/** @type {string} */ file) => {
  const path = join(directory, file);
  return existsSync(path) && statSync(path).mtimeMs >= newest;
};

if (!promisedFiles(json).every(upToDate)) {
  // standard output belongs to `npm pack --json`
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'turbo', 'bin', 'turbo'), 'run', 'build', 'types', `--filter=${json.name}`],
    { cwd: root, stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) process.exit(status ?? 1);
}
