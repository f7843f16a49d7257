import * as tf from '@tensorflow/tfjs-core';

/** Inputs of the recurrence of both directions; `projected` is `[B, T, 3H]`, the products with the inputs. */
export interface RecurrenceInputs {
  projected0: tf.Tensor3D;
  projected1: tf.Tensor3D;
  hiddenWeight0: tf.Tensor2D;
  hiddenWeight1: tf.Tensor2D;
  hiddenBias0: tf.Tensor1D;
  hiddenBias1: tf.Tensor1D;
}

/** Inputs of the backward pass; shapes as {@link recurrenceForward} returns them. */
export interface RecurrenceGradientInputs {
  dy: tf.Tensor3D;
  states: tf.Tensor3D;
  gates: tf.Tensor4D;
  hiddenWeight0: tf.Tensor2D;
  hiddenWeight1: tf.Tensor2D;
}

/** States `[B, T, 2H]` and gates `[2, B, T, 4H]` (reset, update, new, hidden side of new). */
export function recurrenceForward(inputs: RecurrenceInputs): [tf.Tensor3D, tf.Tensor4D] {
  return tf.tidy(() => {
    const first = runDirection(inputs.projected0, inputs.hiddenWeight0, inputs.hiddenBias0, false);
    const second = runDirection(inputs.projected1, inputs.hiddenWeight1, inputs.hiddenBias1, true);
    return [tf.concat([first.states, second.states], 2), tf.stack([first.gates, second.gates]) as tf.Tensor4D];
  });
}

function runDirection(projected: tf.Tensor3D, hiddenWeight: tf.Tensor2D, hiddenBias: tf.Tensor1D, backwards: boolean) {
  const [batch, time, three] = projected.shape;
  const hidden = three / 3;
  const weight = tf.transpose(hiddenWeight);
  const steps = tf.unstack(projected, 1) as tf.Tensor2D[];
  const states: tf.Tensor2D[] = new Array(time);
  const gates: tf.Tensor2D[] = new Array(time);
  let state: tf.Tensor2D = tf.zeros([batch, hidden]);
  for (let step = 0; step < time; step++) {
    const at = backwards ? time - 1 - step : step;
    const [inputReset, inputUpdate, inputNew] = thirds(steps[at]!);
    const [hiddenReset, hiddenUpdate, hiddenNew] = thirds(tf.add(tf.matMul(state, weight), hiddenBias));
    const reset = tf.sigmoid(tf.add(inputReset, hiddenReset));
    const update = tf.sigmoid(tf.add(inputUpdate, hiddenUpdate));
    const fresh = tf.tanh(tf.add(inputNew, tf.mul(reset, hiddenNew)));
    state = tf.add(fresh, tf.mul(update, tf.sub(state, fresh))) as tf.Tensor2D;
    states[at] = state;
    gates[at] = tf.concat([reset, update, fresh, hiddenNew], 1) as tf.Tensor2D;
  }
  return { states: tf.stack(states, 1) as tf.Tensor3D, gates: tf.stack(gates, 1) as tf.Tensor3D };
}

/** Gradients of the input sides and of the hidden sides, `[2, B, T, 3H]` each. */
export function recurrenceBackward(inputs: RecurrenceGradientInputs): [tf.Tensor4D, tf.Tensor4D] {
  return tf.tidy(() => {
    const { dy, states, gates } = inputs;
    const dyHalves = tf.split(dy, 2, 2) as tf.Tensor3D[];
    const stateHalves = tf.split(states, 2, 2) as tf.Tensor3D[];
    const gateHalves = tf.unstack(gates) as tf.Tensor3D[];
    const sides = [inputs.hiddenWeight0, inputs.hiddenWeight1].map((weight, direction) =>
      rewindDirection(dyHalves[direction]!, stateHalves[direction]!, gateHalves[direction]!, weight, direction === 1),
    );
    return [
      tf.stack(sides.map((side) => side.dInput)) as tf.Tensor4D,
      tf.stack(sides.map((side) => side.dHidden)) as tf.Tensor4D,
    ];
  });
}

function rewindDirection(
  dy: tf.Tensor3D,
  states: tf.Tensor3D,
  gates: tf.Tensor3D,
  hiddenWeight: tf.Tensor2D,
  backwards: boolean,
) {
  const [batch, time, hidden] = states.shape;
  const [reset, update, fresh, hiddenNew] = tf.split(gates, 4, 2) as [
    tf.Tensor3D,
    tf.Tensor3D,
    tf.Tensor3D,
    tf.Tensor3D,
  ];
  const previous = shiftStates(states, backwards);
  const one = tf.scalar(1);
  // derivatives within a step, for all steps at once: every gate's gradient is the state's gradient times a factor
  const newFactor = tf.mul(tf.sub(one, update), tf.sub(one, tf.square(fresh)));
  const updateFactor = tf.mul(tf.sub(previous, fresh), tf.mul(update, tf.sub(one, update)));
  const resetFactor = tf.mul(newFactor, tf.mul(hiddenNew, tf.mul(reset, tf.sub(one, reset))));
  const factors = tf.unstack(tf.concat([resetFactor, updateFactor, tf.mul(newFactor, reset)], 2), 1) as tf.Tensor2D[];
  const updates = tf.unstack(update, 1) as tf.Tensor2D[];
  const dys = tf.unstack(dy, 1) as tf.Tensor2D[];
  const dStates: tf.Tensor2D[] = new Array(time);
  const dHidden: tf.Tensor2D[] = new Array(time);
  let carried: tf.Tensor2D = tf.zeros([batch, hidden]);
  for (let step = time - 1; step >= 0; step--) {
    const at = backwards ? time - 1 - step : step;
    const dState = tf.add(dys[at]!, carried) as tf.Tensor2D;
    const dProduct = tf.mul(tf.concat([dState, dState, dState], 1), factors[at]!) as tf.Tensor2D;
    carried = tf.add(tf.mul(dState, updates[at]!), tf.matMul(dProduct, hiddenWeight));
    dStates[at] = dState;
    dHidden[at] = dProduct;
  }
  const hiddenSide = tf.stack(dHidden, 1) as tf.Tensor3D;
  const dNew = tf.mul(tf.stack(dStates, 1), newFactor);
  const resetAndUpdate = tf.slice(hiddenSide, [0, 0, 0], [batch, time, 2 * hidden]);
  return { dInput: tf.concat([resetAndUpdate, dNew], 2), dHidden: hiddenSide };
}

/** The state before each step. */
function shiftStates(states: tf.Tensor3D, backwards: boolean): tf.Tensor3D {
  const [batch, time, hidden] = states.shape;
  const start = tf.zeros([batch, 1, hidden]);
  if (time === 1) {
    return start as tf.Tensor3D;
  }
  const kept = tf.slice(states, [0, backwards ? 1 : 0, 0], [batch, time - 1, hidden]);
  return tf.concat(backwards ? [kept, start] : [start, kept], 1) as tf.Tensor3D;
}

function thirds(x: tf.Tensor): [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D] {
  return tf.split(x, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
}
