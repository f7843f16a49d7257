import type * as tf from '@tensorflow/tfjs-core';
import { assertShape } from './assert-shape.js';
import { differentiable } from './differentiable.js';
import { type GruDirectionWeights, gruBackward, gruForward } from './gru.js';

/** Weights of both directions of {@link bidirectionalGru}. */
export interface BidirectionalGruWeights {
  /** From the first step to the last. */
  forward: GruDirectionWeights;
  /** From the last step to the first; PyTorch's names end in `_reverse`. */
  backward: GruDirectionWeights;
}

/**
 * A gated recurrent unit over a whole sequence in both directions, from a hidden state of zeros.
 *
 * With `i = W_i x + b_i` and `g = W_h h + b_h`, each in three parts: `r = sigmoid(i_r + g_r)`, `z = sigmoid(i_z + g_z)`,
 * `n = tanh(i_n + r * g_n)`, `h' = (1 - z) n + z h`. The gradient is hand-written backpropagation through time.
 *
 * Source: Cho et al., EMNLP 2014, in the variant of cuDNN and PyTorch (`torch.nn.GRU`), where the reset gate acts on the
 * hidden side's product including its bias.
 *
 * @param x - `[batch, time, inputs]`.
 * @param weights - Both directions' weights, of one hidden size.
 * @returns `[batch, time, 2 * hidden]`, the forward direction's states first; the caller disposes it.
 * @throws ShapeError if the weights don't fit `x` or each other.
 */
export function bidirectionalGru(x: tf.Tensor3D, weights: BidirectionalGruWeights): tf.Tensor3D {
  assertShape('bidirectionalGru', 'x', x, ['batch', 'time', 'inputs']);
  const hidden = weights.forward.hiddenWeight.shape[1] ?? 0;
  for (const direction of ['forward', 'backward'] as const) {
    assertDirectionFits(direction, weights[direction], x.shape[2], hidden);
  }
  const { forward, backward } = weights;
  const inputs = {
    x,
    inputWeight0: forward.inputWeight,
    hiddenWeight0: forward.hiddenWeight,
    inputBias0: forward.inputBias,
    hiddenBias0: forward.hiddenBias,
    inputWeight1: backward.inputWeight,
    hiddenWeight1: backward.hiddenWeight,
    inputBias1: backward.inputBias,
    hiddenBias1: backward.hiddenBias,
  };
  return differentiable<typeof inputs, tf.Tensor3D>({
    inputs,
    forward: (save) => {
      const { states, gates } = gruForward(x, forward, backward);
      save([x, states, gates, forward.inputWeight, forward.hiddenWeight, backward.inputWeight, backward.hiddenWeight]);
      return states;
    },
    backward: (dy, saved) => gruBackward(dy, saved),
  });
}

function assertDirectionFits(direction: string, weights: GruDirectionWeights, inputs: number, hidden: number): void {
  const name = (weight: string) => `weights.${direction}.${weight}`;
  assertShape('bidirectionalGru', name('inputWeight'), weights.inputWeight, [3 * hidden, inputs]);
  assertShape('bidirectionalGru', name('hiddenWeight'), weights.hiddenWeight, [3 * hidden, hidden]);
  assertShape('bidirectionalGru', name('inputBias'), weights.inputBias, [3 * hidden]);
  assertShape('bidirectionalGru', name('hiddenBias'), weights.hiddenBias, [3 * hidden]);
}
