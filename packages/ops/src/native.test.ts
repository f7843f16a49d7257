import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { EngineError } from '@mcore/errors';
import { prebuiltHere, testPrebuilt } from '@mcore/testing/prebuilt';
import { because } from '@mcore/testing/skips';
import { describe, expect, it } from 'vitest';
import { PREBUILT, parts, sourcesHash } from '../scripts/build-native.mjs';
import { findCompiler } from '../scripts/build-wasm.mjs';
import { compileAddon, hashPrebuilt, PLATFORMS } from '../scripts/native-platforms.mjs';
import { loadNativeKernels, type NativeKernels } from './native.js';

/** The compiler of the committed binary. */
const COMPILER = 'Debian clang version 19.1.7 (3~deb12u1)';
const compiler = findCompiler();
const otherCompiler =
  compiler?.version === COMPILER && process.arch === 'x64'
    ? null
    : `the committed binaries were compiled by ${COMPILER}, here is ${compiler?.version ?? 'no clang'}`;

let native: NativeKernels | null = null;
let refused: string | null = null;
try {
  native = loadNativeKernels();
} catch (error) {
  refused = (error as Error).message;
}

describe('the addon', () => {
  const name = `equals the compiled C files byte for byte, with ${COMPILER}`;
  it.skipIf(otherCompiler !== null)(`${name}${because(otherCompiler)}`, () => {
    const addon = compileAddon('linux-x64', [compiler!.command], parts);
    expect(addon.equals(readFileSync(join(PREBUILT, 'linux-x64.node')))).toBe(true);
  });

  testPrebuilt({ folder: PREBUILT, platforms: Object.keys(PLATFORMS), sourcesHash, hashPrebuilt });

  it('loads, or reports what it expected', () => {
    if (native) expect(native.instructions).toMatch(/^(AVX(2|-512)|NEON)$/);
    else expect(() => loadNativeKernels()).toThrow(EngineError);
    expect(`${refused}`).not.toMatch(/undefined symbol|self-register/);
  });
});

describe.skipIf(native === null)(`linked kernels${because(refused)}`, () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 8 });
  const values = (pointer: number, count: number) => new Float32Array(memory.buffer, pointer, count);

  it('work on the given memory, also after it has grown', () => {
    const kernels = native!.link();
    kernels.setMemory(memory.buffer);
    values(64, 6).set([-2, -1, 0, 1, 2, 3]);
    values(128, 6).set([1, 1, 1, 1, 1, 1]);
    kernels.add_relu!(64, 128, 192, 6);
    expect([...values(192, 6)]).toEqual([0, 0, 1, 2, 3, 4]);
    memory.grow(3);
    kernels.setMemory(memory.buffer);
    const far = 3 * 65536;
    kernels.add_relu!(64, 128, far, 6);
    expect([...values(far, 6)]).toEqual([0, 0, 1, 2, 3, 4]);
  });

  it('keep NaN through a ReLU, as tfjs does', () => {
    const kernels = native!.link();
    kernels.setMemory(memory.buffer);
    values(64, 4).set([Number.NaN, -1, 1, Number.NaN]);
    values(128, 4).fill(0);
    kernels.add_relu!(64, 128, 192, 4);
    expect([...values(192, 4)]).toEqual([Number.NaN, 0, 1, Number.NaN]);
  });

  it('reject wrong numbers of arguments and values that are not numbers', () => {
    const kernels = native!.link();
    kernels.setMemory(memory.buffer);
    expect(() => kernels.add_relu!(64, 128)).toThrow('native kernels: expected another number of arguments');
    expect(() => kernels.add_relu!(64, 128, 192, '4' as never)).toThrow('native kernels: expected numbers');
    expect(() => kernels.setMemory(new Float32Array(1) as never)).toThrow(
      'native kernels: setMemory expected an ArrayBuffer',
    );
  });

  it('outlive the object they came in, and load in worker threads', async () => {
    const { setMemory, add_relu } = native!.link();
    setFlagsFromString('--expose-gc');
    for (let round = 0; round < 3; round++) {
      (runInNewContext('gc') as () => void)();
      for (let index = 0; index < 100; index++) native!.link();
    }
    setMemory(memory.buffer);
    values(64, 4).set([-1, 0, 1, 2]);
    values(128, 4).fill(1);
    add_relu!(64, 128, 192, 4);
    expect([...values(192, 4)]).toEqual([0, 1, 2, 3]);
    const source = `
      const addon = { exports: {} };
      process.dlopen(addon, ${JSON.stringify(prebuiltHere(PREBUILT))});
      const memory = new WebAssembly.Memory({ initial: 1 });
      const kernels = addon.exports.link();
      kernels.setMemory(memory.buffer);
      new Float32Array(memory.buffer, 64, 4).set([-1, 0, 1, 2]);
      kernels.add_relu(64, 128, 192, 4);
      require('node:worker_threads').parentPort.postMessage([...new Float32Array(memory.buffer, 192, 4)]);`;
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => once(new Worker(source, { eval: true }), 'message')),
    );
    expect(answers).toEqual(Array.from({ length: 3 }, () => [[0, 0, 1, 2]]));
  });

  it('reject calls before setMemory', () => {
    expect(() => native!.link().add_relu!(64, 128, 192, 4)).toThrow(
      'native kernels: no memory yet, call setMemory first',
    );
  });
});
