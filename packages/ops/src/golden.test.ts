import { ALL_ENGINES, describeOnEngines } from '@mcore/testing/engines';
import { distance } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import { GOLDEN_CASES, type GoldenCase } from '@mcore/testing/ops-cases';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { normalizeFrames } from './index.js';

const FIXTURES = { convolutions: readFixture('ops', 'convolutions'), others: readFixture('ops', 'others') };

/** Output and gradients of sum(output * direction); the caller disposes them. */
function differentiate({ run, inputs }: GoldenCase, values: tf.Tensor[], constants: tf.Tensor[], direction: tf.Tensor) {
  const loss = (...args: tf.Tensor[]) => tf.sum(tf.mul(run(...args, ...constants), direction));
  const { value, grads } = tf.valueAndGrads(loss)(values);
  value.dispose();
  return Object.fromEntries(inputs.map((name, index) => [`g.${name}`, grads[index]!]));
}

describeOnEngines('operations', ALL_ENGINES, () => {
  it.each(GOLDEN_CASES)(
    '$name equals PyTorch in float64, output and all gradients (relative L2 1e-5)',
    async (golden) => {
      const fixture = FIXTURES[golden.fixture];
      const read = (part: string) => fixture.tensor(`${golden.name}.${part}`);
      const values = golden.inputs.map(read);
      const constants = (golden.constants ?? []).map(read);
      const y = golden.run(...values, ...constants);
      const actual = { y, ...differentiate(golden, values, constants, read('cot')) };
      for (const [part, tensor] of Object.entries(actual)) {
        expect({ part, near: (await distance(tensor, read(part))) < 1e-5 }).toEqual({ part, near: true });
      }
    },
  );

  it.each(GOLDEN_CASES)('$name keeps no tensors but its output and gradients', (golden) => {
    const fixture = FIXTURES[golden.fixture];
    const read = (part: string) => fixture.tensor(`${golden.name}.${part}`);
    const values = golden.inputs.map(read);
    const constants = (golden.constants ?? []).map(read);
    const direction = read('cot');
    const before = tf.memory();
    const y = golden.run(...values, ...constants);
    expect(tf.memory().numTensors - before.numTensors).toBe(1);
    const gradients = differentiate(golden, values, constants, direction);
    expect(tf.memory().numTensors - before.numTensors).toBe(1 + golden.inputs.length);
    y.dispose();
    tf.dispose(gradients);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  it('normalizeFrames equals torchvision (relative L2 1e-6) on packed bytes and on tensors', async () => {
    const { data, shape } = FIXTURES.others.tensors.get('frames.x')!;
    const [count, height, width] = shape as [number, number, number];
    const expected = FIXTURES.others.tensor('frames.y');
    const before = tf.memory().numTensors;
    const packed = normalizeFrames({ data: data as Uint8Array, count, height, width });
    expect(tf.memory().numTensors - before).toBe(1);
    expect(await distance(packed, expected)).toBeLessThan(1e-6);
    const whole = tf.tensor(Int32Array.from(data as Uint8Array), [...shape], 'int32');
    expect(await distance(normalizeFrames(whole), expected)).toBeLessThan(1e-6);
  });
});
