import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Relative addresses, so that the page works from any folder; packages from their sources, so that none must be built first. */
export default defineConfig({
  base: './',
  resolve: { alias: [{ find: /^@mcore\/([a-z-]+)$/, replacement: `${root}packages/$1/src/index.ts` }] },
  build: { target: 'es2022' },
});
