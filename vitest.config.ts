import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { binaryImports } from './scripts/binary-imports.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Tests read every package from its source, so that no build is needed before them. */
export default defineConfig({
  plugins: [binaryImports()],
  resolve: {
    alias: [
      // as its package.json says for Node
      { find: '@mcore/judge', replacement: `${root}packages/judge/src/node.ts` },
      { find: /^@mcore\/([a-z-]+)$/, replacement: `${root}packages/$1/src/index.ts` },
      { find: /^@mcore\/([a-z-]+)\/([a-z-]+)$/, replacement: `${root}packages/$1/src/$2.ts` },
    ],
  },
  test: {
    include: [
      'test/**/*.test.ts',
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'apps/*/test/**/*.test.ts',
    ],
    server: { deps: { inline: [/\.wasm$/] } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    reporters: ['default'],
  },
});
