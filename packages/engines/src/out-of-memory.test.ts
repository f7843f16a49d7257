import { setFlagsFromString } from 'node:v8';
import { EngineError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { useEngine } from './node.js';

// 25 MiB, of this process alone
setFlagsFromString('--wasm-max-mem-pages=400');

it('wasm without free memory is an error, never a wrong result; existing tensors stay', async () => {
  await useEngine('wasm');
  const kept = tf.tensor1d([1, 2, 3]);
  const large = () => tf.ones([40 * 2 ** 18]);
  expect(large).toThrow(EngineError);
  expect(large).toThrow(
    'useEngine: the wasm backend is out of memory: expected room for 41943040 bytes, of at most 4 GiB altogether.',
  );
  expect(await tf.sum(kept).array()).toBe(6);
  const small = tf.ones([2 ** 18]);
  expect(await tf.sum(small).array()).toBe(2 ** 18);
});
