import { because } from '@mcore/testing/skips';
import { describe, expect, it } from 'vitest';
import { compile, findCompiler } from '../../scripts/build-wasm.mjs';
import { BASELINE, COMPILER, RELAXED } from './binary.js';

const compiler = findCompiler();

describe('the embedded WebAssembly', () => {
  // other compilers write other bytes
  const reason =
    compiler?.version === COMPILER
      ? null
      : `the committed binaries were compiled by ${COMPILER}, here is ${compiler?.version ?? 'no clang'}`;
  const name = `equals the compiled C files byte for byte, with ${COMPILER}`;
  it.skipIf(reason !== null)(`${name}${because(reason)}`, () => {
    expect(compile(compiler!.command, false).toString('base64') === BASELINE).toBe(true);
    expect(compile(compiler!.command, true).toString('base64') === RELAXED).toBe(true);
  });

  it('is at most 48 kB in each variant', () => {
    expect(Math.max(BASELINE.length, RELAXED.length)).toBeLessThan((48_000 * 4) / 3);
  });

  it('imports only memory, at most 4 GiB', () => {
    const module = new WebAssembly.Module(Buffer.from(BASELINE, 'base64'));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
  });
});
