import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { binaryImports } from '../../scripts/binary-imports.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Files of public/ that are kept too. */
const kept = ['icon.svg', 'icon-192.png', 'icon-512.png', 'manifest.webmanifest'];

/** Emits sw.js: the service worker with the list of all files of the page, so that it works offline once loaded. */
function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      // every browser that can run this takes woff2
      const files = [...Object.keys(bundle).filter((file) => !/\.(map|woff)$/.test(file)), ...kept];
      const text = readFileSync(new URL('src/service-worker.js', import.meta.url), 'utf8');
      const version = createHash('sha256').update(files.join()).update(text).digest('hex').slice(0, 12);
      const source = `const VERSION = '${version}';\nconst FILES = ${JSON.stringify(['./', ...files])};\n${text}`;
      this.emitFile({ type: 'asset', fileName: 'sw.js', source });
    },
  };
}

/** Relative addresses, so that the page works from any folder; packages from their sources, so that none must be built first. */
export default defineConfig({
  base: './',
  resolve: {
    alias: [
      // the package's own build for pages, which brings what Node.js has
      { find: '@mcore/weights-rendered-dives/embedded', replacement: `${root}apps/demo/src/judge/shipped-weights.ts` },
      { find: 'csv-parse/sync', replacement: 'csv-parse/browser/esm/sync' },
      { find: /^@mcore\/([a-z-]+)$/, replacement: `${root}packages/$1/src/index.ts` },
      { find: /^@mcore\/([a-z-]+)\/([a-z-]+)$/, replacement: `${root}packages/$1/src/$2.ts` },
    ],
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  worker: { format: 'es', plugins: () => [binaryImports()] },
  build: { target: 'es2022', chunkSizeWarningLimit: 9000 },
  plugins: [binaryImports(), offline()],
});
