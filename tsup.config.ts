import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';

/**
 * Builds whichever package the command runs in; `src/node.ts`, where there is one, becomes the `./node` entry.
 * Declarations take most of the time and only published packages need them: `npm run types` adds them.
 */
const typesOnly = process.argv.includes('--dts-only');

export default defineConfig({
  entry: ['src/index.ts', 'src/node.ts', 'src/main.ts', 'src/worker.ts'].filter((file) => existsSync(file)),
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  external: [/^node:/],
  dts: false,
  clean: !typesOnly,
  sourcemap: false,
  tsconfig: fileURLToPath(new URL('./tsconfig.base.json', import.meta.url)),
});
