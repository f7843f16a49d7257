import * as tf from '@tensorflow/tfjs-core';
import type { RecurrenceGradientInputs, RecurrenceInputs } from '../plain/recurrence.js';
import { LANES, runProgram } from './program.js';

/*
 * One workgroup runs one direction of one clip from the first step to the last, with its state in the workgroup's own memory. Otherwise
 * every step would need a dozen launches.
 */

/** Larger hidden sizes don't fit the 16 kB of memory that every WebGPU gives a workgroup. */
export const LARGEST_HIDDEN = 1000;

/** States `[B, T, 2H]` and gates `[2, B, T, 4H]`. */
export function recurrenceForward(backend: tf.KernelBackend, inputs: RecurrenceInputs): [tf.Tensor3D, tf.Tensor4D] {
  const [batch, time, three] = inputs.projected0.shape;
  const hidden = three / 3;
  const all = runProgram(backend, {
    key: `gru_${hidden}`,
    inputs: {
      projected: tf.stack([inputs.projected0, inputs.projected1]),
      weights: tf.stack([tf.transpose(inputs.hiddenWeight0), tf.transpose(inputs.hiddenWeight1)]), // [2, H, 3H]
      bias: tf.stack([inputs.hiddenBias0, inputs.hiddenBias1]),
    },
    uniforms: { batch, time },
    shape: [2, batch, time, 5, hidden],
    workgroups: 2 * batch,
    declarations: `
      const H = ${hidden};
      var<workgroup> state : array<f32, ${hidden}>;
      var<workgroup> product : array<f32, ${three}>;`,
    body: `
      let direction = group / uniforms.batch;
      for (var h = lane; h < H; h += ${LANES}) { state[h] = 0.0; }
      workgroupBarrier();
      for (var step = 0; step < uniforms.time; step++) {
        for (var j = lane; j < 3 * H; j += ${LANES}) {
          var sum = bias[direction * 3 * H + j];
          for (var k = 0; k < H; k++) { sum += weights[(direction * H + k) * 3 * H + j] * state[k]; }
          product[j] = sum;
        }
        workgroupBarrier();
        let row = group * uniforms.time + select(step, uniforms.time - 1 - step, direction == 1);
        for (var h = lane; h < H; h += ${LANES}) {
          let input = row * 3 * H + h;
          let reset = 1.0 / (1.0 + exp(-(projected[input] + product[h])));
          let update = 1.0 / (1.0 + exp(-(projected[input + H] + product[H + h])));
          let side = product[2 * H + h];
          let fresh = tanh(clamp(projected[input + 2 * H] + reset * side, -15.0, 15.0));
          let next = fresh + update * (state[h] - fresh);
          let out = row * 5 * H + h;
          result[out] = reset;
          result[out + H] = update;
          result[out + 2 * H] = fresh;
          result[out + 3 * H] = side;
          result[out + 4 * H] = next;
          state[h] = next;
        }
        workgroupBarrier();
      }`,
  });
  const gates = tf.reshape(tf.slice(all, [0, 0, 0, 0, 0], [2, batch, time, 4, hidden]), [2, batch, time, 4 * hidden]);
  const states = tf.reshape(tf.slice(all, [0, 0, 0, 4, 0], [2, batch, time, 1, hidden]), [2, batch, time, hidden]);
  return [tf.concat(tf.unstack(states), 2) as tf.Tensor3D, gates as tf.Tensor4D];
}

/** Gradients of the input sides and of the hidden sides, `[2, B, T, 3H]` each. */
export function recurrenceBackward(
  backend: tf.KernelBackend,
  inputs: RecurrenceGradientInputs,
): [tf.Tensor4D, tf.Tensor4D] {
  const { dy, states, gates, hiddenWeight0, hiddenWeight1 } = inputs;
  const [batch, time, both] = dy.shape;
  const hidden = both / 2;
  const all = runProgram(backend, {
    key: `gru_gradient_${hidden}`,
    inputs: { dy, states, gates, weights: tf.stack([hiddenWeight0, hiddenWeight1]) }, // weights [2, 3H, H]
    uniforms: { batch, time },
    shape: [2, 2, batch, time, 3 * hidden],
    workgroups: 2 * batch,
    declarations: `
      const H = ${hidden};
      var<workgroup> carried : array<f32, ${hidden}>;
      var<workgroup> side : array<f32, ${3 * hidden}>;`,
    body: `
      let direction = group / uniforms.batch;
      let clip = group % uniforms.batch;
      let whole = 2 * uniforms.batch * uniforms.time * 3 * H;
      for (var h = lane; h < H; h += ${LANES}) { carried[h] = 0.0; }
      workgroupBarrier();
      for (var step = uniforms.time - 1; step >= 0; step--) {
        let at = select(step, uniforms.time - 1 - step, direction == 1);
        let row = clip * uniforms.time + at;
        for (var h = lane; h < H; h += ${LANES}) {
          let gate = (group * uniforms.time + at) * 4 * H + h;
          let reset = gates[gate];
          let update = gates[gate + H];
          let fresh = gates[gate + 2 * H];
          var before = 0.0;
          if (step > 0) { before = states[(row + select(-1, 1, direction == 1)) * 2 * H + direction * H + h]; }
          let dstate = dy[row * 2 * H + direction * H + h] + carried[h];
          let dnew = dstate * (1.0 - update) * (1.0 - fresh * fresh);
          let dupdate = dstate * (before - fresh) * update * (1.0 - update);
          let dreset = dnew * gates[gate + 3 * H] * reset * (1.0 - reset);
          let out = (group * uniforms.time + at) * 3 * H + h;
          result[out] = dreset;
          result[out + H] = dupdate;
          result[out + 2 * H] = dnew;
          result[whole + out] = dreset;
          result[whole + out + H] = dupdate;
          result[whole + out + 2 * H] = dnew * reset;
          side[h] = dreset;
          side[H + h] = dupdate;
          side[2 * H + h] = dnew * reset;
          carried[h] = dstate * update;
        }
        workgroupBarrier();
        for (var h = lane; h < H; h += ${LANES}) {
          var sum = carried[h];
          for (var k = 0; k < 3 * H; k++) { sum += side[k] * weights[(direction * 3 * H + k) * H + h]; }
          carried[h] = sum;
        }
        workgroupBarrier();
      }`,
  });
  return tf.unstack(all) as [tf.Tensor4D, tf.Tensor4D];
}
