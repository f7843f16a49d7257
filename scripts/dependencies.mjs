import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, root } from './packages.mjs';

/**
 * @typedef {{
 *   name: string,
 *   version: string,
 *   license: string | undefined,
 *   integrity: string | undefined,
 *   ours: boolean,
 *   uses: string[],
 *   for: string[],
 * }} Dependency
 *   `license` as its package.json says, `integrity` as in the lockfile; `uses`: what it needs, as `name@version`; `for`: our
 *   published packages that bring it along.
 */

/**
 * Our published packages and everything that installing them brings along, peers and optional packages included, from
 * package-lock.json. (`npm sbom` and `npm ls --omit=dev` leave out whatever is also a development dependency of the root.)
 *
 * @returns {Dependency[]} By name and version.
 */
export function publishedDependencies() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  /** @type {Map<string, Dependency>} */
  const found = new Map();
  const idOf = (/** @type {string} */ path) => `${nameOf(path, packages[path])}@${packages[path].version}`;

  const visit = (/** @type {string} */ path, /** @type {string} */ owner, /** @type {Set<string>} */ seen) => {
    if (seen.has(path)) return;
    seen.add(path);
    const entry = packages[path];
    const expected = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies });
    // peers and packages for other systems need not be there
    const targets = expected.map((name) => resolve(packages, path, name)).filter((target) => target !== undefined);
    const id = idOf(path);
    const dependency = found.get(id) ?? {
      name: nameOf(path, entry),
      version: entry.version,
      license: entry.license,
      integrity: entry.integrity,
      ours: !path.includes('node_modules/'),
      uses: [...new Set(targets.map(idOf))].sort(),
      for: [],
    };
    if (!dependency.for.includes(owner)) dependency.for.push(owner);
    found.set(id, dependency);
    for (const target of targets) visit(target, owner, seen);
  };
  for (const { name, path } of publishedPackages()) if (packages[path]) visit(path, name, new Set());
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dependency]) => dependency);
}

/** Of a package at a path of the lockfile. */
function nameOf(/** @type {string} */ path, /** @type {{ name?: string }} */ entry) {
  const at = path.lastIndexOf('node_modules/');
  return at < 0 ? /** @type {string} */ (entry.name) : path.slice(at + 'node_modules/'.length);
}

/** Where Node would find package `name` from inside the one at `from`, as a path of the lockfile. */
function resolve(/** @type {Record<string, any>} */ packages, /** @type {string} */ from, /** @type {string} */ name) {
  for (let folder = from; ; folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '') {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[path]) return packages[path].link ? packages[path].resolved : path;
    if (folder === '') return undefined;
  }
}
