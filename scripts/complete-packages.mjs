import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedPackages, root } from './packages.mjs';

/**
 * `npm run packages`: fills in what every published package has alike, so that adding one is adding a folder with a name, a
 * description and its dependencies. A test says when this has to be run again.
 */

const FILES = ['dist', 'CHANGELOG.md', 'LICENSE', 'README.md'];
const FIRST_RELEASE = join(root, '.changeset', 'first-release.md');

/**
 * A package.json with the common parts as they must be; its own parts stay, in their order.
 *
 * @param {Record<string, any>} json
 * @param {string} directory Below the root, such as `packages/errors`.
 * @returns {Record<string, any>}
 */
export function completed(json, directory) {
  const { engines, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const extra = (json.files ?? []).filter((/** @type {string} */ file) => !FILES.includes(file));
  return {
    ...json,
    ...addresses(repository, directory),
    license: json.license ?? 'Apache-2.0',
    type: 'module',
    files: [...FILES, ...extra].sort(),
    engines,
    scripts: { ...json.scripts, prepack: 'node ../../scripts/prepack.mjs' },
    publishConfig: { access: 'public' },
  };
}

/**
 * Where a package's sources, its page and its issues are; nothing as long as the root's package.json has no address.
 *
 * @param {{ type?: string, url: string } | undefined} repository Of the root's package.json.
 * @param {string} directory
 */
export function addresses(repository, directory) {
  if (repository === undefined) return {};
  const page = repository.url.replace(/^git\+|\.git$/g, '');
  return {
    repository: { type: 'git', url: repository.url, directory },
    homepage: `${page}/tree/main/${directory}#readme`,
    bugs: `${page}/issues`,
  };
}

/** The changeset of the first release: every published package. */
export function firstRelease() {
  const lines = publishedPackages().map(({ name }) => `"${name}": minor`);
  return `---\n${lines.join('\n')}\n---\n\nFirst release.\n`;
}

/**
 * What every file that this writes should hold.
 *
 * @returns {[path: string, text: string][]}
 */
export function wantedFiles() {
  const license = readFileSync(join(root, 'LICENSE'), 'utf8').replaceAll('\r\n', '\n');
  const files = publishedPackages().flatMap(({ directory, path, json }) => [
    [join(directory, 'package.json'), `${JSON.stringify(completed(json, path), null, 2)}\n`],
    [join(directory, 'LICENSE'), license],
  ]);
  return existsSync(FIRST_RELEASE) ? [...files, [FIRST_RELEASE, firstRelease()]] : files;
}

/** Those of them that hold something else. */
export function incompleteFiles() {
  const read = (/** @type {string} */ path) =>
    existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : undefined;
  return wantedFiles().filter(([path, text]) => read(path) !== text.replaceAll('\r\n', '\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of incompleteFiles()) {
    writeFileSync(path, text);
    process.stderr.write(`${path}\n`);
  }
}
