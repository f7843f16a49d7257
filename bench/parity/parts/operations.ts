import { GOLDEN_CASES } from '@mcore/testing/ops-cases';
import * as tf from '@tensorflow/tfjs-core';
import { differentiate, errorOf, fixture, type Part, Worst } from '../part.js';

/** Groups of the operations' own cases, by how their names begin. */
const GROUPS: Readonly<Record<string, RegExp>> = {
  'Convolutions: 3x3 grouped, 3x3 dense, 1x1': /^(grouped|dense|pointwise)/,
  'Gate shift: 3-D convolution, shift, whole module': /^gate/,
  'Bidirectional GRU': /^gru/,
  'The other operations': /^(?!grouped|dense|pointwise|gate|gru)/,
};

/** Single operations against PyTorch in float64. */
export const operations: Part[] = Object.entries(GROUPS).map(([name, pattern]) => ({
  name,
  against: 'torch.nn.functional in float64',
  bounds: { forward: 1e-5, gradients: 1e-5 },
  async measure() {
    const forward = new Worst();
    const gradients = new Worst();
    for (const golden of GOLDEN_CASES.filter((each) => pattern.test(each.name))) {
      const { tensor, values } = fixture('ops', golden.fixture);
      const inputs = golden.inputs.map((input) => tensor(`${golden.name}.${input}`));
      const direction = tensor(`${golden.name}.cot`);
      const constants = (golden.constants ?? []).map((input) => tensor(`${golden.name}.${input}`));
      const run = (...values: tf.Tensor[]) => golden.run(...values, ...constants);
      const { output, gradients: all } = differentiate(run, inputs, direction);
      forward.add(await errorOf(output, values(`${golden.name}.y`)));
      for (const [index, input] of golden.inputs.entries()) {
        gradients.add(await errorOf(all[index]!, values(`${golden.name}.g.${input}`)));
      }
      tf.dispose([inputs, constants, direction]);
    }
    return { forward: forward.value, gradients: gradients.value };
  },
}));
