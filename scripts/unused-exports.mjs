import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entrySources, root, workspaces } from './packages.mjs';

/**
 * `node scripts/unused-exports.mjs`: exported names that only their own file, entries and tests mention. Those that an entry
 * gives away are for users and may stay, where users need them; others need no `export`.
 */

/** Source files of the repository's own code. */
function sources() {
  const folders = [
    ...workspaces().flatMap(({ directory }) => ['src', 'test', 'scripts'].map((folder) => join(directory, folder))),
    ...['scripts', 'bench', 'test', 'goldens'].map((folder) => join(root, folder)),
  ];
  return folders.flatMap((folder) => {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.mts'))
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
    } catch {
      return [];
    }
  });
}

/** Whether what a file uses counts for nothing: tests and what serves them. */
const isTest = (/** @type {string} */ file) =>
  /\.test\.ts$|^test\/|^packages\/testing\/|^(packages|apps)\/[^/]+\/test\//.test(file);

/** @returns {{ file: string, name: string, given: boolean }[]} `given`: an entry of its package exports it. */
export function unusedExports() {
  const entries = new Set(
    workspaces().flatMap(({ path, directory }) => entrySources(directory).map((entry) => `${path}/${entry}`)),
  );
  const texts = new Map(sources().map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const words = new Map([...texts].map(([file, text]) => [file, new Set(code(text).match(/[A-Za-z_$][\w$]*/g) ?? [])]));
  const mentions = (/** @type {string} */ name, /** @type {(file: string) => boolean} */ where) =>
    [...words].some(([file, set]) => where(file) && set.has(name));
  return [...texts].flatMap(([file, text]) => {
    if (isTest(file) || entries.has(file) || !/^(packages|apps)\/[^/]+\/src\//.test(file)) return [];
    const names = [
      ...text.matchAll(/^export (?:abstract )?(?:async )?(?:function\*?|const|class|interface|type|enum) (\w+)/gm),
    ];
    return names.flatMap(([, name]) => {
      if (name === undefined || mentions(name, (other) => other !== file && !isTest(other) && !entries.has(other)))
        return [];
      return [{ file, name, given: mentions(name, (other) => entries.has(other)) }];
    });
  });
}

/** Without comments, whose words are no uses. */
function code(/** @type {string} */ text) {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const unused = unusedExports();
  for (const { file, name, given } of unused)
    process.stdout.write(`${given ? 'public ' : 'inner  '} ${name}  ${file}\n`);
  const inner = unused.filter(({ given }) => !given).length;
  process.stdout.write(`${inner} exports that nothing imports, ${unused.length - inner} that only users can\n`);
}
