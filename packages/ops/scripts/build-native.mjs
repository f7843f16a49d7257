/**
 * Compiles the C kernels for processors: `node packages/ops/scripts/build-native.mjs`.
 *
 * Needs clang and lld of version 16 or later (Debian: apt-get install clang-19 lld-19). Writes prebuilt/linux-x64.node, which is
 * committed, so only who changes C code needs them. `CLANG` names another compiler.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findCompiler, requireCompiler } from './build-wasm.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const sources = fileURLToPath(new URL('../src/wasm/', import.meta.url));

export { findCompiler };

/** Where the result lies. */
export const PREBUILT = join(here, 'prebuilt', 'linux-x64.node');

const FLAGS = ['--target=x86_64-linux-gnu', '-std=c11', '-O2', '-fPIC', '-fvisibility=hidden', '-Wall', '-Werror'];
// Loops are vectorised by hand, as in the WebAssembly module.
const KERNEL_FLAGS = [...FLAGS, '-fno-vectorize', '-fno-slp-vectorize', '-ffp-contract=fast', '-fno-math-errno'];
const VARIANTS = { avx2: '-march=x86-64-v3', avx512: '-march=x86-64-v4' };

/**
 * All kernels as one C file with a table of them: a function that JavaScript's numbers go through for each.
 *
 * @param {string} variant
 */
export function kernelSource(variant) {
  const files = readdirSync(sources)
    .filter((file) => file.endsWith('.c'))
    .sort();
  const kernels = files.flatMap((file) => exportsOf(readFileSync(join(sources, file), 'utf8')));
  const callers = kernels.map(({ name, result, parameters }) => {
    const values = parameters.map((type, index) => {
      if (type === 'float') return `(float)values[${index}]`;
      if (type === 'int') return `(int)values[${index}]`;
      return `pointer(memory, values[${index}])`;
    });
    const call = `${name}(${values.join(', ')})`;
    const body = result === 'void' ? `${call};\n  return 0;` : `return ${call};`;
    return `static double call_${name}(char *memory, const double *values) {\n  ${body}\n}\n`;
  });
  const rows = kernels.map(({ name, parameters }) => `  {"${name}", ${parameters.length}, call_${name}},`);
  return [
    ...files.map((file) => `#include "${file}"`),
    '#include "kernels.h"\n',
    'static inline void *pointer(char *memory, double offset) {',
    '  return offset == 0 ? 0 : memory + (unsigned long)offset;',
    '}\n',
    ...callers,
    `const Kernel kernels_${variant}[] = {`,
    ...rows,
    '  {0, 0, 0},\n};\n',
  ].join('\n');
}

/** Functions marked EXPORT, with the types of what they take: `int`, `float` or `pointer`. */
function exportsOf(/** @type {string} */ source) {
  return [...source.matchAll(/^EXPORT\((\w+)\)\n(void|int) (\w+)\(([^)]*)\)/gm)].map(([, , result, name, list]) => ({
    name: /** @type {string} */ (name),
    result: /** @type {string} */ (result),
    parameters: /** @type {string} */ (list).split(',').map((parameter) => {
      if (parameter.includes('*')) return 'pointer';
      return parameter.trim().startsWith('float') ? 'float' : 'int';
    }),
  }));
}

/**
 * Compiles the addon; returns its bytes.
 *
 * @param {string} command - The compiler.
 */
export function compileAddon(command) {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-native-'));
  const run = (/** @type {string[]} */ ...args) =>
    execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    const headers = join(createRequire(import.meta.url).resolve('node-api-headers/package.json'), '..', 'include');
    const native = join(here, 'native');
    const objects = Object.entries(VARIANTS).map(([variant, march]) => {
      writeFileSync(join(folder, `${variant}.c`), kernelSource(variant));
      run(...KERNEL_FLAGS, '-Wno-unused-function', march, `-I${sources}`, `-I${native}`, '-c', `${variant}.c`);
      return `${variant}.o`;
    });
    run(...FLAGS, `-I${headers}`, '-c', join(native, 'addon.c'));
    run(
      '--target=x86_64-linux-gnu',
      '-shared',
      '-nostdlib', // what it needs of a C library, Node has loaded
      '-fuse-ld=lld',
      '-Wl,--strip-all',
      '-Wl,--build-id=none',
      '-o',
      'addon.node',
      'addon.o',
      ...objects,
    );
    return readFileSync(join(folder, 'addon.node'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function main() {
  const compiler = requireCompiler('build-native');
  const addon = compileAddon(compiler.command);
  mkdirSync(join(here, 'prebuilt'), { recursive: true });
  writeFileSync(PREBUILT, addon);
  console.log(`${compiler.version}: ${addon.length} bytes`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
