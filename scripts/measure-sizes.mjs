import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { publishedPackages, root } from './packages.mjs';

/**
 * `npm run sizes`: measures what every package adds to a page and writes the limits that the tests hold it to, a fifth above
 * that, into test/bundle-sizes.json.
 */
export const limitsFile = join(root, 'test', 'bundle-sizes.json');

/** Libraries: what has something to import. */
export function libraries() {
  return publishedPackages().filter(({ json }) => json.exports);
}

/** The built entry of a library. */
export function entryOf(/** @type {{ directory: string }} */ { directory }) {
  return join(directory, 'dist', 'index.js');
}

/**
 * Bytes of a library's whole index, minified and compressed, with our packages and foreign JavaScript that it needs; without
 * its peers, Node's modules, packages with binary parts, and embedded binaries (weights, WebAssembly of tfjs), which a page loads on demand.
 *
 * @param {{ directory: string, json: Record<string, any> }} library
 */
export async function bundledSize(library) {
  const external = [...Object.keys(library.json.peerDependencies ?? {}), ...builtinModules, 'node:*'];
  const code = await bundle(`export * from ${JSON.stringify(entryOf(library))};`, {
    external,
    plugins: [leaveOutEmbedded, leaveOutBinaries],
  });
  return gzipSync(code, { level: 9 }).length;
}

/**
 * Bytes, minified, of a library's own code that stay in a bundle which uses nothing of it, if the bundler doesn't trust
 * `sideEffects: false` but looks for itself: statements that run at import and can't be seen to do nothing.
 *
 * @param {{ directory: string }} library
 */
export async function keptSize(library) {
  const code = await bundle(`import ${JSON.stringify(entryOf(library))};`, {
    packages: 'external',
    plugins: [distrust],
  });
  // what is left of external packages is their bare imports
  return code.replaceAll(/import(["'])[^"']+\1;/g, '').trim().length;
}

async function bundle(/** @type {string} */ contents, /** @type {import('esbuild').BuildOptions} */ options) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    write: false,
    logLevel: 'silent',
    // the paths of our own tsconfig.json lead to sources
    tsconfigRaw: {},
    ...options,
  });
  return outputFiles[0].text;
}

/** @type {import('esbuild').Plugin} */
const distrust = {
  name: 'distrust',
  setup({ onResolve }) {
    // the entry and the chunks beside it
    onResolve({ filter: /^(\.|\/|[A-Za-z]:[\\/])/ }, ({ path, resolveDir }) => ({
      path: path.startsWith('.') ? join(resolveDir, path) : path,
      sideEffects: true,
    }));
  },
};

/** @type {import('esbuild').Plugin} */
const leaveOutEmbedded = {
  name: 'leave-out-embedded',
  setup({ onResolve }) {
    onResolve({ filter: /\/embedded$|^\.\/wasm-\w+-\w+\.js$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/** @type {import('esbuild').Plugin} */
const leaveOutBinaries = {
  name: 'leave-out-binaries',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, resolveDir }) => {
      const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
      const folders = createRequire(join(resolveDir, 'index.js')).resolve.paths(name) ?? [];
      const manifest = folders.map((folder) => join(folder, name, 'package.json')).find((file) => existsSync(file));
      if (manifest === undefined) return undefined;
      // packages with binary parts bring them as optional packages, one for each system
      const { optionalDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
      return optionalDependencies ? { path, external: true } : undefined;
    });
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const unbuilt = libraries().filter((library) => !existsSync(entryOf(library)));
  if (unbuilt.length > 0) {
    process.stderr.write(`Not built: ${unbuilt.map(({ name }) => name).join(', ')}. Run npm run build first.\n`);
    process.exit(1);
  }
  const above = (/** @type {number} */ bytes) => Math.ceil((bytes * 1.2) / 100) * 100;
  const limits = {};
  for (const library of libraries()) {
    const [gzip, kept] = [await bundledSize(library), await keptSize(library)];
    limits[library.name] = { gzip: above(gzip), kept: above(kept) };
    process.stdout.write(
      `${library.name.padEnd(32)} ${String(gzip).padStart(8)} bytes gzip, ${kept} kept when unused\n`,
    );
  }
  writeFileSync(limitsFile, `${JSON.stringify(limits, null, 2)}\n`);
}
