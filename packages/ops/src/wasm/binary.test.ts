import { describe, expect, it } from 'vitest';
import { compile, findCompiler } from '../../scripts/build-wasm.mjs';
import { BASELINE, COMPILER, RELAXED } from './binary.js';

const compiler = findCompiler();

describe('the embedded WebAssembly', () => {
  // anyone else's compiler gives other bytes; it is skipped there, with the reason in its name
  const reason = compiler === null ? 'no clang here' : `clang here is ${compiler.version}`;
  const name = `is what the C files compile to, byte for byte, with ${COMPILER}`;
  it.skipIf(compiler?.version !== COMPILER)(compiler?.version === COMPILER ? name : `${name} (${reason})`, () => {
    expect(compile(compiler!.command, false).toString('base64') === BASELINE).toBe(true);
    expect(compile(compiler!.command, true).toString('base64') === RELAXED).toBe(true);
  });

  it('is at most 48 kB in each variant', () => {
    expect(Math.max(BASELINE.length, RELAXED.length)).toBeLessThan((48_000 * 4) / 3);
  });

  it('needs nothing but memory, at most 4 GiB of it', () => {
    const module = new WebAssembly.Module(Buffer.from(BASELINE, 'base64'));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  });
});
