import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistry } from './local-registry.mjs';
import { assertPrinted, exampleOf, installAlone, librariesToTry, readmeOf, releaseInto, run } from './release.mjs';
import { say } from './set-up.mjs';

/**
 * `npm run try-release [PACKAGE...]`: a whole release on this machine. Versions and changelogs are made from the changesets in
 * a copy of the repository, all packages published to a registry in memory, and each library installed alone in an empty project,
 * where its README's example must run and print what the README says. Foreign packages come from the usual registry.
 * `scripts/try-packages.mjs` does the same with Verdaccio, more Nodes, pnpm, bundlers and a browser.
 */
const libraries = librariesToTry(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'mcore-release-'));
const registry = await startRegistry();
let failed = 0;
try {
  const released = await releaseInto(folder, registry.url);
  for (const [name, { before, after }] of released) say(`${name} ${before} -> ${after}`);
  const expected = [...released].map(([name, { after }]) => `${name}@${after}`).sort();
  const published = registry.published().sort();
  if (JSON.stringify(published) !== JSON.stringify(expected)) {
    throw new Error(`expected these published: ${expected.join(', ')}; got ${published.join(', ')}`);
  }
  say(`${published.length} packages published`);

  for (const library of libraries) {
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

/** Installs a library alone, imports it and runs its README's example there. */
async function tryAlone(/** @type {import('./release.mjs').Library} */ library) {
  const { name } = library;
  const project = join(folder, name.replace('/', '-'));
  const specifications = await installAlone(project, registry.url, library);
  await run(project, process.execPath, ['--input-type=module', '--eval', `await import('${name}');`]);
  const example = exampleOf(readmeOf(library));
  if (!example) return 'installs and can be imported; its example is not run';
  writeFileSync(join(project, 'example.js'), example.code);
  assertPrinted(await run(project, process.execPath, ['example.js']), example.output);
  return `its example prints what the README says (${specifications.join(' ')})`;
}
