import '@tensorflow/tfjs';
import { distance } from '@mcore/testing/errors';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gateShiftModule } from '../index.js';
import { recurrenceBackward, recurrenceForward } from '../plain/recurrence.js';
import { GATE_KERNELS } from './gate-kernels.js';
import { compileKernels, linkModule } from './module.js';
import { RECURRENCE_KERNELS } from './recurrence-kernels.js';
import { SideMemory } from './side-memory.js';

const transfer = {
  read: (tensor: tf.TensorInfo) => (tensor as tf.Tensor).dataSync() as Float32Array,
  write: (values: Float32Array, shape: readonly number[]) => tf.tensor(values, [...shape]),
};
const random = (seed: number, ...shape: number[]) => tf.randomNormal(shape, 0, 0.5, 'float32', seed);

// tensors of the cpu backend: the C kernels work the same way beside tensorflow
describe('SideMemory', () => {
  let memory: SideMemory;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    memory = new SideMemory(linkModule(await compileKernels(false)));
  });

  it('runs the recurrent unit and its gradient on tensors of another backend, equal to plain operations within 1e-6', async () => {
    const [batch, time, hidden] = [2, 9, 12];
    const inputs = {
      projected0: random(1, batch, time, 3 * hidden),
      projected1: random(2, batch, time, 3 * hidden),
      hiddenWeight0: random(3, 3 * hidden, hidden),
      hiddenWeight1: random(4, 3 * hidden, hidden),
      hiddenBias0: random(5, 3 * hidden),
      hiddenBias1: random(6, 3 * hidden),
    };
    const forward = memory.run(RECURRENCE_KERNELS.McoreGruRecurrence!, inputs, {}, transfer) as tf.Tensor[];
    const expected = recurrenceForward(inputs as never);
    const given = {
      dy: random(7, batch, time, 2 * hidden),
      states: expected[0],
      gates: expected[1],
      hiddenWeight0: inputs.hiddenWeight0,
      hiddenWeight1: inputs.hiddenWeight1,
    };
    const gradients = memory.run(RECURRENCE_KERNELS.McoreGruRecurrenceGradient!, given, {}, transfer) as tf.Tensor[];
    const expectedGradients = recurrenceBackward(given as never);
    for (const [index, tensor] of [...expected, ...expectedGradients].entries()) {
      const got = [...forward, ...gradients][index]!;
      expect(got.shape).toEqual(tensor.shape);
      expect(await distance(got, tensor)).toBeLessThan(1e-6);
    }
  });

  it('grows and resets: a large gate shift after a small one, equal to plain operations within 1e-6', async () => {
    for (const size of [4, 40]) {
      const x = random(1, 1, 6, size, size, 8) as tf.Tensor5D;
      const weights = {
        scale: random(2, 8) as tf.Tensor1D,
        offset: random(3, 8) as tf.Tensor1D,
        filter: random(4, 3, 3, 3, 4, 2) as tf.Tensor5D,
        bias: random(5, 2) as tf.Tensor1D,
      };
      const [y] = memory.run(GATE_KERNELS.McoreGateShiftModule!, { x, ...weights }, {}, transfer) as tf.Tensor[];
      expect(await distance(y!, gateShiftModule(x, weights))).toBeLessThan(1e-6);
    }
  });
});
