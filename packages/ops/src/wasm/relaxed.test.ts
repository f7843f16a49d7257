import v8 from 'node:v8';
import { useTestEngine } from '@mcore/testing/engines';
import { distance } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import { GOLDEN_CASES } from '@mcore/testing/ops-cases';
import { because } from '@mcore/testing/skips';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerOps } from '../index.js';
import { RELAXED } from './binary.js';

const FIXTURES = { convolutions: readFixture('ops', 'convolutions'), others: readFixture('ops', 'others') };

// Node 20 supports relaxed SIMD only with this flag
v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
const unknown = WebAssembly.validate(Buffer.from(RELAXED, 'base64')) ? null : 'this Node has no relaxed SIMD';

describe.skipIf(unknown !== null)(`with fused multiply-add (relaxed SIMD)${because(unknown)}`, () => {
  beforeAll(async () => {
    await useTestEngine('wasm');
    await registerOps({ relaxedSimd: true });
  });

  it.each(GOLDEN_CASES)(
    '$name equals PyTorch in float64, output and all gradients (relative L2 1e-5)',
    async (golden) => {
      const read = (part: string) => FIXTURES[golden.fixture].tensor(`${golden.name}.${part}`);
      const values = golden.inputs.map(read);
      const constants = (golden.constants ?? []).map(read);
      const gradients = tf.grads((...args: tf.Tensor[]) =>
        tf.sum(tf.mul(golden.run(...args, ...constants), read('cot'))),
      )(values);
      expect(await distance(golden.run(...values, ...constants), read('y'))).toBeLessThan(1e-5);
      for (const [index, name] of golden.inputs.entries()) {
        expect({ name, near: (await distance(gradients[index]!, read(`g.${name}`))) < 1e-5 }).toEqual({
          name,
          near: true,
        });
      }
    },
  );

  it('changes last digits, so it is in use; without it they are as before', async () => {
    const product = () => [
      ...tf
        .matMul(tf.randomNormal([8, 300], 0, 1, 'float32', 1), tf.randomNormal([300, 8], 0, 1, 'float32', 2))
        .dataSync(),
    ];
    const fused = product();
    await registerOps({ relaxedSimd: false });
    const plain = product();
    expect(fused).not.toEqual(plain);
    await registerOps({ relaxedSimd: true });
    expect(product()).toEqual(fused);
  });
});
