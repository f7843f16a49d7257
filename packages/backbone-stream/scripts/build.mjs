/**
 * Compiles c/ to WebAssembly and for processors: `node packages/backbone-stream/scripts/build.mjs`.
 *
 * Writes src/binary.ts and prebuilt/, which are committed. ../../ops/scripts/native-platforms.mjs says which compilers this needs.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findCompiler, requireCompiler } from '../../ops/scripts/build-wasm.mjs';
import { buildAll, compileAddon, hashPrebuilt, hashSources, PLATFORMS } from '../../ops/scripts/native-platforms.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const sources = join(here, 'c');

export { compileAddon, findCompiler, hashPrebuilt, PLATFORMS };

/** Where the addons lie. */
export const PREBUILT = join(here, 'prebuilt');

// Loops are vectorised by hand, short copies stay loops, and fused multiplications are written as such: a result must not depend on which
// loop made it.
const FLAGS = [
  ...['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-Wno-unused-function'],
  ...[
    '-fno-vectorize',
    '-fno-slp-vectorize',
    '-fno-builtin-memcpy',
    '-fno-builtin-memset',
    '-ffp-contract=off',
    '-fno-math-errno',
  ],
];
const WASM_FLAGS = [
  ...['--target=wasm32', '-msimd128', '-mbulk-memory', '-nostdlib', '-ffreestanding'],
  ...[
    '-Wl,--no-entry',
    '-Wl,--export=__heap_base',
    '-Wl,--max-memory=4294967296',
    '-Wl,--strip-all',
    '-Wl,-z,stack-size=65536',
  ],
];

/** What the addons are made of. */
export const parts = {
  addon: join(sources, 'addon.c'),
  headers: [sources],
  flags: FLAGS,
  kernels: (/** @type {string} */ instructions) => ({
    source: '#include "engine.c"\n',
    flags: [`-DENGINE=engine_${instructions}`],
  }),
};

/** Of all C files. */
export const sourcesHash = () => hashSources([sources]);

/**
 * Compiles the WebAssembly module, with or without relaxed SIMD; returns its bytes.
 *
 * @param {string} command - The compiler.
 * @param {boolean} relaxed
 */
export function compileWasm(command, relaxed) {
  return inFolder(command, (run, folder) => {
    run(...FLAGS, ...WASM_FLAGS, ...(relaxed ? ['-mrelaxed-simd'] : []), '-o', 'stream.wasm', join(sources, 'wasm.c'));
    return readFileSync(join(folder, 'stream.wasm'));
  });
}

/**
 * @param {string} command
 * @param {(run: (...args: string[]) => void, folder: string) => Buffer} compile
 */
function inFolder(command, compile) {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-stream-'));
  try {
    return compile((...args) => {
      execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
    }, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function main() {
  const compiler = requireCompiler('build');
  const [baseline, relaxed] = [false, true].map((variant) => compileWasm(compiler.command, variant));
  writeFileSync(
    join(here, 'src', 'binary.ts'),
    `// Written by scripts/build.mjs from the C files in c/; don't edit.

/** What it was compiled with. */
export const COMPILER = ${JSON.stringify(compiler.version).replaceAll('"', "'")};

/** The module for every engine with SIMD, base64. */
export const BASELINE =
  '${baseline.toString('base64')}';

/** The same with fused multiply-add where the engine has relaxed SIMD, base64. */
export const RELAXED =
  '${relaxed.toString('base64')}';
`,
  );
  console.log(`${compiler.version}: WebAssembly of ${baseline.length} and ${relaxed.length} bytes`);
  buildAll(PREBUILT, parts, sourcesHash());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
