import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startRegistry } from './local-registry.mjs';
import { promisedFiles, publishedPackages, root, workspaces } from './packages.mjs';
import { say } from './set-up.mjs';

/**
 * `npm run try-release [PACKAGE...]`: a whole release on this machine. Versions and changelogs are made from the changesets in
 * a copy of the repository, all packages published to a registry in memory, and each library installed alone in an empty project,
 * where its README's example must run and print what the README says. Foreign packages come from the usual registry.
 */
const wanted = process.argv.slice(2);
const unbuilt = publishedPackages().flatMap(({ path, directory, json }) =>
  promisedFiles(json)
    .filter((file) => !existsSync(join(directory, file)))
    .map((file) => join(path, file)),
);
if (unbuilt.length > 0) {
  say(`Not built: ${unbuilt.join(', ')}. Run npm run build first.`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'mcore-release-'));
const registry = await startRegistry();
let failed = 0;
try {
  const copy = copyRepository();
  const before = versions(copy);
  await changeset(copy, 'version');
  const after = versions(copy);
  for (const [name, version] of after) say(`${name} ${before.get(name)} -> ${version}`);

  await changeset(copy, 'publish', '--no-git-tag');
  const expected = [...after].map(([name, version]) => `${name}@${version}`).sort();
  const published = registry.published().sort();
  if (JSON.stringify(published) !== JSON.stringify(expected)) {
    throw new Error(`wanted these published: ${expected.join(', ')}; got ${published.join(', ')}`);
  }
  say(`${published.length} packages published`);

  for (const library of publishedPackages().filter(({ json }) => json.exports)) {
    if (wanted.length > 0 && !wanted.includes(library.name)) continue;
    try {
      say(`${library.name}: ${await tryAlone(library)}`);
    } catch (error) {
      failed++;
      say(`${library.name}: FAILED. ${/** @type {Error} */ (error).message}`);
    }
  }
} finally {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(failed === 0 ? 'Everything works.\n' : `${failed} failed.\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** The repository without its history and what is installed, as a repository of its own. */
function copyRepository() {
  const copy = join(folder, 'repository');
  const left = ['node_modules', '.turbo', 'src/__fixtures__'];
  mkdirSync(copy);
  for (const path of ['package.json', '.changeset', 'scripts', 'LICENSE', ...workspaces().map((each) => each.path)]) {
    // times are kept: prepack compares those of sources and of what was built
    cpSync(join(root, path), join(copy, path), {
      recursive: true,
      preserveTimestamps: true,
      filter: (source) => !left.includes(basename(source)) && !source.endsWith('__fixtures__'),
    });
  }
  // nothing can get to the real registry: not by the packages' own settings, not by a token of whoever runs this
  for (const { path } of publishedPackages()) {
    const file = join(copy, path, 'package.json');
    const json = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...json, publishConfig: { ...json.publishConfig, registry: registry.url } }));
  }
  writeFileSync(join(folder, 'npmrc'), `registry=${registry.url}\n${authentication()}`);
  return copy;
}

function authentication() {
  return `${registry.url.replace('http:', '')}/:_authToken=none\n`;
}

function changeset(/** @type {string} */ copy, /** @type {string[]} */ ...args) {
  return run(copy, process.execPath, [join(root, 'node_modules', '@changesets', 'cli', 'bin.js'), ...args], {
    npm_config_registry: registry.url,
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

/** Installs a library as its README says, with what its example imports, in an empty project and runs the example there. */
async function tryAlone(/** @type {ReturnType<typeof publishedPackages>[number]} */ { name, directory, json }) {
  const project = join(folder, name.replace('/', '-'));
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  writeFileSync(join(project, '.npmrc'), `@mcore:registry=${registry.url}\n${authentication()}`);
  const readme = readFileSync(join(directory, 'README.md'), 'utf8').replaceAll('\r\n', '\n');
  const example = exampleOf(readme);
  const imports = example
    ? [...example.code.matchAll(/(?:from|import) '([^'.][^']*)'/g)].map(([, from]) => packageOf(from))
    : [];
  const packages = new Set([name, ...installedBy(readme), ...imports].filter((each) => !each.startsWith('node:')));
  const ranges = {
    ...JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies,
    ...json.devDependencies,
    ...json.peerDependencies,
  };
  const specifications = [...packages].map((each) =>
    ranges[each] && !each.startsWith('@mcore/') ? `${each}@${ranges[each]}` : each,
  );
  await npm(project, ['install', '--no-audit', '--no-fund', '--loglevel=error', ...specifications]);

  const copies = readdirSync(join(project, 'node_modules'), { recursive: true }).filter((path) =>
    /tfjs-core[\\/]package\.json$/.test(String(path)),
  );
  if (copies.length > 1) throw new Error(`wanted one copy of tfjs-core, got ${copies.join(', ')}`);
  await run(project, process.execPath, ['--input-type=module', '--eval', `await import('${name}');`]);
  if (!example) return 'installs and can be imported; its example is not run';
  writeFileSync(join(project, 'example.js'), example.code);
  const printed = await run(project, process.execPath, ['example.js']);
  if (trim(printed) !== trim(example.output)) throw new Error(`wanted\n${example.output}\ngot\n${printed}`);
  return `its example prints what the README says (${specifications.join(' ')})`;
}

function packageOf(/** @type {string} */ specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** What the first `npm install` of a README names. */
function installedBy(/** @type {string} */ readme) {
  const [, names = ''] = /^npm install (.*?)(?: #.*)?$/m.exec(readme) ?? [];
  return names.split(/\s+/).filter((name) => name !== '' && !name.startsWith('-'));
}

/** The first example of a README that can be run. */
function exampleOf(/** @type {string} */ readme) {
  const [, notRun, code, output] =
    /(<!-- not run: .*-->\n)?```js\n([\s\S]*?)```\n\nprints\n\n```\w*\n([\s\S]*?)```/.exec(readme) ?? [];
  return code === undefined || notRun ? undefined : { code, output: output ?? '' };
}

function trim(/** @type {string} */ text) {
  return text.replace(/[ \t\r]+$/gm, '').trim();
}

function npm(/** @type {string} */ cwd, /** @type {string[]} */ args) {
  const path = process.env.npm_execpath;
  return path ? run(cwd, process.execPath, [path, ...args]) : run(cwd, 'npm', args);
}

/** Runs a program to its end; not synchronously, since the registry has to answer it. */
function run(
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
