import { version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { EMBEDDED_WASM_VERSION, withEmbeddedWasm } from './embedded-wasm.js';

it('embeds the binaries of the tfjs that is installed', () => {
  expect(EMBEDDED_WASM_VERSION).toBe(version_wasm);
});

it('gives each file name of the backend an address of a module with the features of this machine, while it is used', async () => {
  const { urls, exports } = await withEmbeddedWasm(async (paths) => {
    const bytes = await (await fetch(paths['tfjs-backend-wasm.wasm']!)).arrayBuffer();
    const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
    return { urls: paths, exports: names };
  });
  expect(exports.length).toBeGreaterThan(100);
  expect(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')).toBe(true);
  expect(Object.keys(urls)).toEqual([
    'tfjs-backend-wasm.wasm',
    'tfjs-backend-wasm-simd.wasm',
    'tfjs-backend-wasm-threaded-simd.wasm',
  ]);
  await expect(fetch(urls['tfjs-backend-wasm.wasm']!)).rejects.toThrow();
});
