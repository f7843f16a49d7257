/**
 * Compiles c/ to WebAssembly and for processors: `node packages/backbone-stream/scripts/build.mjs`.
 *
 * Writes src/binary.ts and prebuilt/linux-x64.node, which are committed, so only who changes C code needs clang and lld of version 16 or
 * later (Debian: apt-get install clang-19 lld-19). `CLANG` names another compiler.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findCompiler, requireCompiler } from '../../ops/scripts/build-wasm.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const sources = join(here, 'c');

export { findCompiler };

/** Where the addon lies. */
export const PREBUILT = join(here, 'prebuilt', 'linux-x64.node');

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
const PROCESSOR_FLAGS = ['--target=x86_64-linux-gnu', '-D_GNU_SOURCE', '-fPIC', '-fvisibility=hidden', '-pthread'];
const ENGINES = [
  { name: 'engine_avx2', instructions: 'AVX2', march: '-march=x86-64-v3' },
  { name: 'engine_avx512', instructions: 'AVX-512', march: '-march=x86-64-v4' },
];

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
 * Compiles the addon; returns its bytes.
 *
 * @param {string} command - The compiler.
 */
export function compileAddon(command) {
  return inFolder(command, (run, folder) => {
    const headers = join(createRequire(import.meta.url).resolve('node-api-headers/package.json'), '..', 'include');
    for (const { name, instructions, march } of ENGINES) {
      const names = [`-DENGINE=${name}`, `-DINSTRUCTIONS="${instructions}"`];
      run(...FLAGS, ...PROCESSOR_FLAGS, march, ...names, '-c', join(sources, 'engine.c'), '-o', `${name}.o`);
    }
    run(...FLAGS, ...PROCESSOR_FLAGS, `-I${headers}`, '-c', join(sources, 'addon.c'), '-o', 'addon.o');
    run(
      ...['--target=x86_64-linux-gnu', '-shared', '-nostdlib'], // what it needs of a C library, Node has loaded
      ...['-fuse-ld=lld', '-Wl,--strip-all', '-Wl,--build-id=none', '-o', 'addon.node'],
      ...['addon.o', ...ENGINES.map(({ name }) => `${name}.o`)],
    );
    return readFileSync(join(folder, 'addon.node'));
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
  const addon = compileAddon(compiler.command);
  mkdirSync(join(here, 'prebuilt'), { recursive: true });
  writeFileSync(PREBUILT, addon);
  console.log(
    `${compiler.version}: WebAssembly of ${baseline.length} and ${relaxed.length} bytes, addon of ${addon.length}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
