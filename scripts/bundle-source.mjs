import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './packages.mjs';

/**
 * Bundles a TypeScript module that no package gives away, for scripts that look inside. Packages stay imports.
 *
 * @param {string} path Below the root, with slashes.
 * @returns {Promise<string>} URL of a JavaScript module in `.mcore/sources`.
 */
export async function bundleSource(path) {
  const { outputFiles } = await build({
    entryPoints: [join(root, path)],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    // packages of ours too, in place of their sources
    tsconfigRaw: {},
    logLevel: 'error',
  });
  const folder = join(root, '.mcore', 'sources');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${path.replaceAll('/', '-').replace(/\.ts$/, '')}.mjs`);
  // several processes may want the same one at the same time
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, /** @type {import('esbuild').OutputFile} */ (outputFiles[0]).contents);
  renameSync(temporary, file);
  return pathToFileURL(file).href;
}
