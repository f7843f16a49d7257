import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';

/** Builds whichever package the command runs in; `src/node.ts`, where there is one, becomes the `./node` entry. */
export default defineConfig({
  entry: ['src/index.ts', 'src/node.ts', 'src/main.ts'].filter((file) => existsSync(file)),
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  external: [/^node:/],
  dts: true,
  clean: true,
  sourcemap: false,
  tsconfig: fileURLToPath(new URL('./tsconfig.base.json', import.meta.url)),
});
