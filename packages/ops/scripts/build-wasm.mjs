/**
 * Compiles src/wasm/*.c and writes src/wasm/binary.ts: `node packages/ops/scripts/build-wasm.mjs`.
 *
 * Needs clang and lld of version 16 or later (Debian: apt-get install clang-19 lld-19). The result is committed, so only who
 * changes the C code needs them. `CLANG` names another compiler.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../src/wasm/', import.meta.url));

// Loops are vectorised by hand; what the compiler would add only makes the file larger.
const FLAGS = [
  '--target=wasm32',
  '-std=c11',
  '-O2',
  '-fno-vectorize',
  '-fno-slp-vectorize',
  '-fno-unroll-loops',
  '-Wall',
  '-Werror',
  '-msimd128',
  '-mbulk-memory',
  '-nostdlib',
  '-ffreestanding',
  '-Wl,--no-entry',
  '-Wl,--import-memory',
  '-Wl,--max-memory=4294967296',
  '-Wl,--export=__stack_pointer',
  '-Wl,--strip-all',
];

/** The first compiler found, or null. */
export function findCompiler() {
  const candidates = [process.env.CLANG, 'clang-19', 'clang-18', 'clang-17', 'clang-16', 'clang'].filter(Boolean);
  for (const command of candidates) {
    try {
      const [version] = execFileSync(command, ['--version'], { encoding: 'utf8' }).split('\n');
      return { command, version: version.trim() };
    } catch {
      // not installed
    }
  }
  return null;
}

/** Compiles with or without relaxed SIMD; returns the module's bytes. */
export function compile(command, relaxed) {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-wasm-'));
  try {
    const output = join(folder, 'kernels.wasm');
    const files = readdirSync(sources)
      .filter((file) => file.endsWith('.c'))
      .sort();
    const flags = relaxed ? [...FLAGS, '-mrelaxed-simd'] : FLAGS;
    execFileSync(command, [...flags, '-o', output, ...files], {
      cwd: sources,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The first compiler found; exits with a message if none is installed. */
export function requireCompiler(script) {
  const compiler = findCompiler();
  if (compiler) return compiler;
  console.error(`${script}: expected clang 16 or later, found none (Debian: apt-get install clang-19 lld-19).`);
  process.exit(1);
}

function main() {
  const compiler = requireCompiler('build-wasm');
  const [baseline, relaxed] = [false, true].map((variant) => compile(compiler.command, variant));
  writeFileSync(
    join(sources, 'binary.ts'),
    `// Written by scripts/build-wasm.mjs from the C files here; don't edit.

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
  console.log(`${compiler.version}: ${baseline.length} and ${relaxed.length} bytes`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main();
}
