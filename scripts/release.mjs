import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisedFiles, publishedPackages, root, workspaces } from './packages.mjs';
import { say } from './set-up.mjs';

/** @typedef {ReturnType<typeof publishedPackages>[number]} Library */

/** What would be published and is not built. */
export function unbuiltFiles() {
  return publishedPackages().flatMap(({ path, directory, json }) =>
    promisedFiles(json)
      .filter((file) => !existsSync(join(directory, file)))
      .map((file) => join(path, file)),
  );
}

/** The libraries that somebody names, or all of them; ends the process where something of the packages is not built. */
export function librariesToTry(/** @type {string[]} */ names) {
  const unbuilt = unbuiltFiles();
  if (unbuilt.length > 0) {
    say(`Not built: ${unbuilt.join(', ')}. Run npm run build first.`);
    process.exit(1);
  }
  return publishedPackages().filter(({ name, json }) => json.exports && (names.length === 0 || names.includes(name)));
}

/**
 * Installs a library as its README says, with what its example imports, in an empty project.
 *
 * @param {string} project A folder that is not there yet.
 * @param {string} registry Where our packages are.
 * @param {Library} library
 * @returns {Promise<string[]>} What was installed.
 */
export async function installAlone(project, registry, library) {
  emptyProject(project, registry);
  const specifications = installedFor(library, readmeOf(library));
  await npm(project, ['install', '--no-audit', '--no-fund', '--loglevel=error', ...specifications]);
  const copies = readdirSync(join(project, 'node_modules'), { recursive: true }).filter((path) =>
    /tfjs-core[\\/]package\.json$/.test(String(path)),
  );
  if (copies.length > 1) throw new Error(`expected one copy of tfjs-core, got ${copies.join(', ')}`);
  return specifications;
}

/** Throws unless an example printed what the README says. */
export function assertPrinted(/** @type {string} */ printed, /** @type {string} */ expected) {
  if (trim(printed) !== trim(expected)) throw new Error(`expected\n${expected}\ngot\n${printed}`);
}

/**
 * Releases into a registry: versions and changelogs are made from the changesets in a copy of the repository, and every package is
 * published. Nothing of it can reach the real registry.
 *
 * @param {string} folder Where the copy is made.
 * @param {string} registry The URL of a registry that takes any token.
 * @returns {Promise<Map<string, { before: string, after: string, changelog: string }>>} By package.
 */
export async function releaseInto(folder, registry) {
  const copy = copyRepository(folder, registry);
  const before = versions(copy);
  await changeset(folder, registry, 'version');
  const after = versions(copy);
  await changeset(folder, registry, 'publish', '--no-git-tag');
  return new Map(
    publishedPackages().map(({ name, path }) => [
      name,
      {
        before: String(before.get(name)),
        after: String(after.get(name)),
        changelog: readFileSync(join(copy, path, 'CHANGELOG.md'), 'utf8'),
      },
    ]),
  );
}

/** The repository without its history and what is installed, as a repository of its own. */
function copyRepository(/** @type {string} */ folder, /** @type {string} */ registry) {
  const copy = join(folder, 'repository');
  const left = ['node_modules', '.turbo', '__fixtures__'];
  mkdirSync(copy);
  for (const path of ['package.json', '.changeset', 'scripts', 'LICENSE', ...workspaces().map((each) => each.path)]) {
    cpSync(join(root, path), join(copy, path), {
      recursive: true,
      filter: (source) => !left.includes(basename(source)),
    });
  }
  // prepack wants what is built to be no older than its sources; that it is of them, turbo knows by their content
  const now = new Date();
  for (const { path, json } of publishedPackages()) {
    for (const file of promisedFiles(json)) utimesSync(join(copy, path, file), now, now);
  }
  // nothing can get to the real registry: not by the packages' own settings, not by a token of whoever runs this
  for (const { path } of publishedPackages()) {
    const file = join(copy, path, 'package.json');
    const json = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...json, publishConfig: { ...json.publishConfig, registry } }));
  }
  writeFileSync(join(folder, 'npmrc'), `registry=${registry}\n${authentication(registry)}`);
  return copy;
}

/** A line for `.npmrc` that gives a local registry a token. */
export function authentication(/** @type {string} */ registry) {
  return `${registry.replace('http:', '').replace(/\/$/, '')}/:_authToken=none\n`;
}

function changeset(/** @type {string} */ folder, /** @type {string} */ registry, /** @type {string[]} */ ...args) {
  const bin = join(root, 'node_modules', '@changesets', 'cli', 'bin.js');
  return run(join(folder, 'repository'), process.execPath, [bin, ...args], {
    npm_config_registry: registry,
    npm_config_userconfig: join(folder, 'npmrc'),
  });
}

/** Of the published packages in a copy. */
function versions(/** @type {string} */ copy) {
  return new Map(
    publishedPackages().map(({ name, path }) => [
      name,
      JSON.parse(readFileSync(join(copy, path, 'package.json'), 'utf8')).version,
    ]),
  );
}

/**
 * What somebody installs who follows a README: what it names, and what its example imports, foreign packages in the versions that
 * the package asks for.
 *
 * @returns {string[]}
 */
export function installedFor(/** @type {Library} */ { name, json }, /** @type {string} */ readme) {
  const code = exampleOf(readme)?.code ?? '';
  const imports = [...code.matchAll(/(?:from|import) '([^'.][^']*)'/g)].map(([, from]) => packageOf(from ?? ''));
  const packages = new Set([name, ...namedBy(readme), ...imports].filter((each) => !each.startsWith('node:')));
  const ranges = {
    ...JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies,
    ...json.devDependencies,
    ...json.peerDependencies,
  };
  return [...packages].map((each) => (ranges[each] && !each.startsWith('@mcore/') ? `${each}@${ranges[each]}` : each));
}

function packageOf(/** @type {string} */ specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** What the first `npm install` of a README names. */
function namedBy(/** @type {string} */ readme) {
  const [, names = ''] = /^npm install (.*?)(?: #.*)?$/m.exec(readme) ?? [];
  return names.split(/\s+/).filter((name) => name !== '' && !name.startsWith('-'));
}

/** A package's README. */
export function readmeOf(/** @type {Library} */ { directory }) {
  return readFileSync(join(directory, 'README.md'), 'utf8').replaceAll('\r\n', '\n');
}

/** The first example of a README that can be run. */
export function exampleOf(/** @type {string} */ readme) {
  const [, notRun, code, output] =
    /(<!-- not run: .*-->\n)?```js\n([\s\S]*?)```\n\nprints\n\n```\w*\n([\s\S]*?)```/.exec(readme) ?? [];
  return code === undefined || notRun ? undefined : { code, output: output ?? '' };
}

/** Without spaces at the ends of lines and of the text. */
export function trim(/** @type {string} */ text) {
  return text.replace(/[ \t\r]+$/gm, '').trim();
}

/** Makes an empty project that finds our packages in a registry and all others in the usual one. */
export function emptyProject(/** @type {string} */ project, /** @type {string} */ registry) {
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  writeFileSync(join(project, '.npmrc'), `@mcore:registry=${registry}\n${authentication(registry)}`);
}

/** Runs the npm that runs this, or the one of the path. */
export function npm(/** @type {string} */ cwd, /** @type {string[]} */ args) {
  const path = process.env.npm_execpath;
  return path ? run(cwd, process.execPath, [path, ...args]) : run(cwd, 'npm', args);
}

/** Runs a program to its end; not synchronously, since the registry may have to answer it. */
export function run(
  /** @type {string} */ cwd,
  /** @type {string} */ program,
  /** @type {string[]} */ args,
  /** @type {Record<string, string>} */ settings = {},
) {
  // what npm tells its scripts is not for the npm that they call
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  return new Promise((/** @type {(printed: string) => void} */ resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: {
        ...env,
        npm_execpath: process.env.npm_execpath,
        npm_config_update_notifier: 'false',
        NODE_OPTIONS: '',
        NO_COLOR: '1',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && program === 'npm',
    });
    const text = { output: '', errors: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text.output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      text.errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(text.output);
      else
        reject(new Error(`${program} ${args.join(' ')} ended with status ${status}.\n${text.output}\n${text.errors}`));
    });
  });
}
