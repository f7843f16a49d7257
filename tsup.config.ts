import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';
import { entrySources } from './scripts/packages.mjs';

/**
 * Builds whichever package the command runs in: an entry for each file that its package.json promises. The bytes of weights and
 * WebAssembly that a module imports become part of it.
 * Declarations take most of the time and only published packages need them: `npm run types` adds them.
 */
const typesOnly = process.argv.includes('--dts-only');

export default defineConfig({
  entry: entrySources(process.cwd()),
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  external: [/^@mcore\/training$/, /^node:/],
  noExternal: [/\.wasm$/],
  loader: { '.safetensors': 'binary', '.wasm': 'binary' },
  dts: false,
  clean: !typesOnly,
  sourcemap: false,
  tsconfig: fileURLToPath(new URL('./tsconfig.base.json', import.meta.url)),
});
