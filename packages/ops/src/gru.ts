import * as tf from '@tensorflow/tfjs-core';
import { multiplyTransposedA, multiplyTransposedB, sumOverRows } from './plain/products.js';
import { recurrenceBackward, recurrenceForward } from './plain/recurrence.js';
import { runKernelOr } from './plain/run-kernel.js';

/** One direction's weights, in PyTorch's layout and gate order (reset, update, new). */
export interface GruDirectionWeights {
  /** `weight_ih_l0`, `[3 * hidden, inputs]`. */
  inputWeight: tf.Tensor2D;
  /** `weight_hh_l0`, `[3 * hidden, hidden]`. */
  hiddenWeight: tf.Tensor2D;
  /** `bias_ih_l0`, `[3 * hidden]`. */
  inputBias: tf.Tensor1D;
  /** `bias_hh_l0`, `[3 * hidden]`. */
  hiddenBias: tf.Tensor1D;
}

/*
 * The input products and all weight gradients are single large products over all steps. Only the products with the hidden state depend on
 * each other, so only they are computed step by step.
 */

/**
 * Both directions' states `[B, T, 2H]` and their gates `[2, B, T, 4H]` (reset, update, new, hidden side of new), which the
 * backward pass needs.
 */
export function gruForward(x: tf.Tensor3D, forward: GruDirectionWeights, backward: GruDirectionWeights) {
  const [batch, time, inputs] = x.shape;
  const hidden = forward.hiddenWeight.shape[1];
  const rows = tf.reshape(x, [batch * time, inputs]) as tf.Tensor2D;
  const project = ({ inputWeight, inputBias }: GruDirectionWeights) =>
    tf.reshape(tf.add(multiplyTransposedB(rows, inputWeight), inputBias), [batch, time, 3 * hidden]) as tf.Tensor3D;
  const call = {
    inputs: {
      projected0: project(forward),
      projected1: project(backward),
      hiddenWeight0: forward.hiddenWeight,
      hiddenWeight1: backward.hiddenWeight,
      hiddenBias0: forward.hiddenBias,
      hiddenBias1: backward.hiddenBias,
    },
  };
  const [states, gates] = runKernelOr<tf.Tensor[]>('McoreGruRecurrence', call, () =>
    recurrenceForward(call.inputs),
  ) as [tf.Tensor3D, tf.Tensor4D];
  return { states, gates };
}

/** Gradients of all inputs of `bidirectionalGru`; `saved` as its forward pass saved it. */
export function gruBackward(dy: tf.Tensor3D, saved: tf.Tensor[]) {
  const [x, states, gates, inputWeight0, hiddenWeight0, inputWeight1, hiddenWeight1] = saved as [
    tf.Tensor3D,
    tf.Tensor3D,
    tf.Tensor4D,
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  return tf.tidy(() => {
    const [batch, time, inputs] = x.shape;
    const hidden = hiddenWeight0.shape[1];
    const call = { inputs: { dy, states, gates, hiddenWeight0, hiddenWeight1 } };
    // gradients of the input sides and of the hidden sides, [2, B, T, 3H] each
    const [dInput, dHidden] = runKernelOr<tf.Tensor[]>('McoreGruRecurrenceGradient', call, () =>
      recurrenceBackward(call.inputs),
    ) as [tf.Tensor4D, tf.Tensor4D];
    const rows = tf.reshape(x, [batch * time, inputs]) as tf.Tensor2D;
    const flat = (gradients: tf.Tensor4D, direction: number) =>
      tf.reshape(tf.slice(gradients, [direction, 0, 0, 0], [1, batch, time, 3 * hidden]), [
        batch * time,
        3 * hidden,
      ]) as tf.Tensor2D;
    const perDirection = [inputWeight0, inputWeight1].map((inputWeight, direction) => {
      const dProjected = flat(dInput, direction);
      const dProduct = flat(dHidden, direction);
      return {
        x: tf.matMul(dProjected, inputWeight),
        inputWeight: multiplyTransposedA(dProjected, rows),
        hiddenWeight: multiplyTransposedA(dProduct, previousStates(states, direction)),
        inputBias: sumOverRows(dProjected),
        hiddenBias: sumOverRows(dProduct),
      };
    });
    const [first, second] = perDirection as [(typeof perDirection)[0], (typeof perDirection)[0]];
    return {
      x: tf.reshape(tf.add(first.x, second.x), x.shape),
      inputWeight0: first.inputWeight,
      hiddenWeight0: first.hiddenWeight,
      inputBias0: first.inputBias,
      hiddenBias0: first.hiddenBias,
      inputWeight1: second.inputWeight,
      hiddenWeight1: second.hiddenWeight,
      inputBias1: second.inputBias,
      hiddenBias1: second.hiddenBias,
    };
  });
}

/** The state before each step of a direction, `[B * T, H]`. */
function previousStates(states: tf.Tensor3D, direction: number): tf.Tensor2D {
  const [batch, time, both] = states.shape;
  const hidden = both / 2;
  const start = tf.zeros([batch, 1, hidden]);
  const kept = tf.slice(states, [0, direction === 0 ? 0 : 1, direction * hidden], [batch, time - 1, hidden]);
  return tf.reshape(tf.concat(direction === 0 ? [start, kept] : [kept, start], 1), [batch * time, hidden]);
}
