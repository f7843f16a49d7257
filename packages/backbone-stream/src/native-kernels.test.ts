import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { EngineError } from '@mcore/errors';
import { prebuiltHere } from '@mcore/testing/prebuilt';
import { because } from '@mcore/testing/skips';
import { describe, expect, it } from 'vitest';
import { PREBUILT } from '../scripts/build.mjs';
import type { StreamKernels } from './index.js';
import { loadNativeKernels } from './node.js';

let native: StreamKernels | null = null;
let refused: string | null = null;
try {
  native = loadNativeKernels();
} catch (error) {
  refused = (error as Error).message;
}

describe('loadNativeKernels', () => {
  it('loads, or says what was expected and what there is', () => {
    if (native) expect(native.description).toMatch(/^compiled for (AVX(2|-512)|NEON), \d+ threads?$/);
    else expect(() => loadNativeKernels()).toThrow(EngineError);
    expect(refused ?? '').not.toMatch(/undefined symbol|self-register/);
  });

  it('refuses numbers of threads that can not be', () => {
    for (const threads of [0, 1.5, 257, Number.NaN]) {
      expect(() => loadNativeKernels({ threads })).toThrow(
        `loadNativeKernels: expected threads to be a whole number from 1 to 256, got ${threads}.`,
      );
    }
  });
});

describe.skipIf(native === null)(`the addon${because(refused)}`, () => {
  const load = () => {
    const addon = { exports: {} as Record<string, (...args: unknown[]) => never> };
    process.dlopen(addon, prebuiltHere(PREBUILT));
    return addon.exports;
  };

  it('refuses what would read or write outside of what it was given', () => {
    const { makeBackbone, makeStream, run, freeStream, freeBackbone } = load();
    const config = Int32Array.of(4, 4, 0, 1, 4, 1);
    const weights = new Float32Array(4 * 27 + 4 + (16 + 4) + (144 + 4) + (4 + 1) + (4 + 4) + (16 + 4) + 16);
    const backbone = makeBackbone!(config, weights, false);
    const stream = makeStream!(backbone, 4, 4, 2);
    const wrongSize = 'backbone-stream: frames or output are of another size';
    expect(() => run!(stream, new Uint8Array(95), 2, true, false, new Float32Array(8))).toThrow(wrongSize);
    expect(() => run!(stream, new Uint8Array(96), 2, true, false, new Float32Array(7))).toThrow(wrongSize);
    expect(() => run!(stream, new Int8Array(96), 2, true, false, new Float32Array(8))).toThrow('expected run(');
    expect(run!(stream, new Uint8Array(96), 2, true, false, new Float32Array(8))).toBe(2);
    expect(() => run!(stream)).toThrow('backbone-stream: expected another number of arguments');
    expect(() => makeStream!(backbone, 0, 4, 1)).toThrow('expected makeStream(');
    freeStream!(stream);
    freeBackbone!(backbone);
    expect(() => freeStream!(stream)).toThrow('backbone-stream: expected what was made here and not freed');
    expect(() => makeStream!(backbone, 4, 4, 1)).toThrow('backbone-stream: expected what was made here and not freed');
  });

  it('works in worker threads, and ends with them', async () => {
    const source = `
      const addon = { exports: {} };
      process.dlopen(addon, ${JSON.stringify(prebuiltHere(PREBUILT))});
      const weights = new Float32Array(349).fill(0.1);
      const backbone = addon.exports.makeBackbone(Int32Array.of(4, 4, 0, 1, 4, 1), weights, false);
      const stream = addon.exports.makeStream(backbone, 8, 8, 3);
      const output = new Float32Array(12);
      addon.exports.run(stream, new Float32Array(3 * 192).fill(1), 3, true, true, output);
      require('node:worker_threads').parentPort.postMessage([...output]);`;
    const [first, ...others] = await Promise.all(
      Array.from({ length: 3 }, () => once(new Worker(source, { eval: true }), 'message')),
    );
    expect(first![0].every((value: number) => value > 0)).toBe(true);
    for (const other of others) expect(other).toEqual(first);
  });
});
