import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publishedPackages, root } from './packages.mjs';
import { build, runNpm, say } from './set-up.mjs';

/**
 * `npm run pack [PACKAGE...]`: tarballs of packages and of those they depend on, in tarballs/, for projects that use mcore before it is on npm.
 * All packages unless some are named.
 */
const OUT = join(root, 'tarballs');

/**
 * Packages with everything of this repository that they need at run time.
 *
 * @param {readonly string[]} names Such as `@mcore/judge`; all packages if empty.
 */
export function withDependencies(names) {
  const all = new Map(publishedPackages().map((each) => [each.name, each]));
  const found = new Set();
  const add = (/** @type {string} */ name) => {
    if (found.has(name)) return;
    const { json } = all.get(name) ?? {};
    if (!json) throw new Error(`pack: expected one of ${[...all.keys()].join(', ')}, got ${name}.`);
    found.add(name);
    const needed = { ...json.dependencies, ...json.peerDependencies };
    for (const dependency of Object.keys(needed)) if (all.has(dependency)) add(dependency);
  };
  for (const name of names.length > 0 ? names : all.keys()) add(name);
  return [...all.values()].filter(({ name }) => found.has(name));
}

/**
 * Writes the tarballs of packages as they are built.
 *
 * @param {string} folder
 * @param {readonly string[]} names
 * @returns {string[]} Paths of the tarballs.
 */
export function pack(folder, names) {
  mkdirSync(folder, { recursive: true });
  const workspaces = withDependencies(names).map(({ name }) => `--workspace=${name}`);
  const args = [
    'pack',
    '--json',
    '--ignore-scripts',
    '--loglevel=error',
    `--pack-destination=${folder}`,
    ...workspaces,
  ];
  const { status, stdout } = runNpm(args, 'pipe');
  if (status !== 0) throw new Error(`pack: expected npm pack to end with 0, got ${status}. Its message is above.`);
  /** @type {{ filename: string }[]} */
  const packed = Object.values(JSON.parse(stdout ?? ''));
  return packed.map(({ filename }) => join(folder, filename.replace('@', '').replace('/', '-')));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  build({ types: true });
  const tarballs = pack(OUT, process.argv.slice(2));
  say(`${tarballs.length} tarballs in ${relative(process.cwd(), OUT) || '.'}. In your own project:`);
  process.stdout.write(`npm install ${tarballs.join(' ')}\n`);
}
