import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Every workspace, in the order of their folders; nothing else in this repository lists them.
 *
 * @returns {{ name: string, path: string, directory: string, json: Record<string, any>, published: boolean }[]} `path` is
 *   below the root (`packages/errors`), `directory` absolute.
 */
export function workspaces() {
  const { workspaces: patterns } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return patterns.flatMap((/** @type {string} */ pattern) => {
    const group = pattern.replace(/\/\*$/, '');
    return (
      readdirSync(join(root, group), { withFileTypes: true })
        // a folder of a package that is gone may hold what was built of it
        .filter((entry) => entry.isDirectory() && existsSync(join(root, group, entry.name, 'package.json')))
        .map((entry) => `${group}/${entry.name}`)
        .sort()
        .map((path) => {
          const directory = join(root, path);
          const json = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
          return { name: json.name, path, directory, json, published: json.private !== true };
        })
    );
  });
}

/** Those that go to the registry. */
export function publishedPackages() {
  return workspaces().filter(({ published }) => published);
}

/**
 * The files a package's `exports` and `bin` promise, relative to its folder.
 *
 * @param {Record<string, any>} json - Its package.json.
 * @returns {string[]}
 */
export function promisedFiles({ exports = {}, bin = {} }) {
  const flatten = (/** @type {unknown} */ value) =>
    typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(flatten);
  return [...new Set([...flatten(exports), ...flatten(bin)])];
}

/**
 * The sources of a package's entries: of what its `exports` and `bin` promise, and its worker, if it has one.
 *
 * @param {string} directory - The package's folder.
 * @returns {string[]} Paths below `directory`, such as `src/index.ts`.
 */
export function entrySources(directory) {
  const json = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const promised = promisedFiles(json).flatMap((file) => {
    const [, name] = /^\.\/dist\/(.+)\.js$/.exec(file) ?? [];
    return name === undefined ? [] : [`src/${name}.ts`];
  });
  const worker = 'src/worker.ts';
  return existsSync(join(directory, worker)) ? [...promised, worker] : promised;
}
