/**
 * Compiles the C kernels for processors: `node packages/ops/scripts/build-native.mjs`.
 *
 * Writes an addon for each platform and a record of what it was compiled from to prebuilt/, which is committed. native-platforms.mjs says
 * which compilers this needs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll, hashSources } from './native-platforms.mjs';

const here = fileURLToPath(new URL('..', import.meta.url));
const sources = fileURLToPath(new URL('../src/wasm/', import.meta.url));
const native = join(here, 'native');

/** Where the addons lie. */
export const PREBUILT = join(here, 'prebuilt');

/** What they are made of. */
export const parts = {
  addon: join(native, 'addon.c'),
  headers: [sources, native],
  flags: ['-std=c11', '-O2', '-Wall', '-Werror'],
  // loops are vectorised by hand, as in the WebAssembly module
  kernels: (/** @type {string} */ instructions) => ({
    source: kernelSource(instructions),
    flags: [
      ...['-fno-vectorize', '-fno-slp-vectorize', '-ffp-contract=fast', '-fno-math-errno'],
      '-Wno-unused-function',
    ],
  }),
};

/** Of all C files. */
export const sourcesHash = () => hashSources([sources, native]);

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

if (process.argv[1] === fileURLToPath(import.meta.url)) buildAll(PREBUILT, parts, sourcesHash());
