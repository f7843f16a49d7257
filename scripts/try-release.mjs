import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistry } from './local-registry.mjs';
import { publishedPackages } from './packages.mjs';
import {
  emptyProject,
  exampleOf,
  installedFor,
  npm,
  readmeOf,
  releaseInto,
  run,
  trim,
  unbuiltFiles,
} from './release.mjs';
import { say } from './set-up.mjs';

/**
 * `npm run try-release [PACKAGE...]`: a whole release on this machine. Versions and changelogs are made from the changesets in
 * a copy of the repository, all packages published to a registry in memory, and each library installed alone in an empty project,
 * where its README's example must run and print what the README says. Foreign packages come from the usual registry.
 * `scripts/try-packages.mjs` does the same with Verdaccio, more Nodes, pnpm, bundlers and a browser.
 */
const wanted = process.argv.slice(2);
const unbuilt = unbuiltFiles();
if (unbuilt.length > 0) {
  say(`Not built: ${unbuilt.join(', ')}. Run npm run build first.`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'mcore-release-'));
const registry = await startRegistry();
let failed = 0;
try {
  const released = await releaseInto(folder, registry.url);
  for (const [name, { before, after }] of released) say(`${name} ${before} -> ${after}`);
  const expected = [...released].map(([name, { after }]) => `${name}@${after}`).sort();
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

/** Installs a library as its README says, with what its example imports, in an empty project and runs the example there. */
async function tryAlone(/** @type {import('./release.mjs').Library} */ library) {
  const { name } = library;
  const project = join(folder, name.replace('/', '-'));
  emptyProject(project, registry.url);
  const readme = readmeOf(library);
  const specifications = installedFor(library, readme);
  await npm(project, ['install', '--no-audit', '--no-fund', '--loglevel=error', ...specifications]);

  const copies = readdirSync(join(project, 'node_modules'), { recursive: true }).filter((path) =>
    /tfjs-core[\\/]package\.json$/.test(String(path)),
  );
  if (copies.length > 1) throw new Error(`wanted one copy of tfjs-core, got ${copies.join(', ')}`);
  await run(project, process.execPath, ['--input-type=module', '--eval', `await import('${name}');`]);
  const example = exampleOf(readme);
  if (!example) return 'installs and can be imported; its example is not run';
  writeFileSync(join(project, 'example.js'), example.code);
  const printed = await run(project, process.execPath, ['example.js']);
  if (trim(printed) !== trim(example.output)) throw new Error(`wanted\n${example.output}\ngot\n${printed}`);
  return `its example prints what the README says (${specifications.join(' ')})`;
}
