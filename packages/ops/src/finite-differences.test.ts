import { useTestEngine } from '@mcore/testing/engines';
import { readFixture } from '@mcore/testing/fixtures';
import { GOLDEN_CASES } from '@mcore/testing/ops-cases';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const FIXTURES = { convolutions: readFixture('ops', 'convolutions'), others: readFixture('ops', 'others') };
/** Smooth, so that a step of 1e-2 in float32 is accurate to 1 %. */
const SMOOTH = [
  'dense_linear',
  'pointwise_linear',
  'scale_channels',
  'gate_conv_8',
  'gate_shift_12',
  'gru_small',
  'fold_grouped',
];

describe("gradients against central differences along a random direction (1 % of the gradient's norm)", () => {
  beforeAll(() => useTestEngine('wasm after registerOps'));

  it.each(GOLDEN_CASES.filter(({ name }) => SMOOTH.includes(name)))(
    '$name',
    ({ name, fixture, inputs, constants = [], run }) => {
      const read = (part: string) => FIXTURES[fixture].tensor(`${name}.${part}`);
      const values = inputs.map(read);
      const loss = (...args: tf.Tensor[]) =>
        tf.sum(tf.mul(run(...args, ...constants.map(read)), read('cot'))) as tf.Scalar;
      const gradients = tf.grads(loss)(values);
      for (const [index, value] of values.entries()) {
        // along random directions the slope has the gradient's norm on average
        const norm = tf.norm(gradients[index]!).dataSync()[0]!;
        const direction = tf.randomNormal(value.shape, 0, 1, 'float32', 7 + index);
        const at = (step: number) => {
          const moved = values.map((other, position) =>
            position === index ? tf.add(other, tf.mul(direction, step)) : other,
          );
          return loss(...moved).dataSync()[0]!;
        };
        const expected = tf.sum(tf.mul(gradients[index]!, direction)).dataSync()[0]!;
        const actual = (at(1e-2) - at(-1e-2)) / 2e-2;
        expect(Math.abs(actual - expected)).toBeLessThan(0.01 * norm);
      }
    },
  );
});
