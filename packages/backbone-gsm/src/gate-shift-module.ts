import { gateConv3d, gateShift } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Layers } from './layers.js';

/** PyTorch's `[groups, inputs a group, time, height, width]` to `[time, height, width, inputs a group, groups]`. */
const GATE_FILTER_ORDER = [2, 3, 4, 1, 0] as const;

/**
 * A gate-shift module: the first `fold` channels decide by `tanh(conv3d(relu(bn(x))))` which part of themselves moves one frame along time
 * ({@link gateShift}); the other channels go straight on.
 *
 * Source: Sudhakaran et al., "Gate-Shift Networks for Video Action Recognition", CVPR 2020; sizes as in the released code of MCoRe.
 *
 * @param layers - Where the weights `<name>.bn.*` and `<name>.conv3D.*` come from.
 * @param name - `s1.b1.conv1.gsm`.
 * @param fold - A multiple of 4, at most the channels of the input.
 * @returns A map of `[batch, time, height, width, channels]` onto itself.
 */
export function gateShiftModule(layers: Layers, name: string, fold: number): (x: tf.Tensor5D) => tf.Tensor5D {
  const normalize = layers.normalization(`${name}.bn`);
  const filter = layers.weight(`${name}.conv3D.weight`, GATE_FILTER_ORDER) as tf.Tensor5D;
  const bias = layers.weight(`${name}.conv3D.bias`, [0]) as tf.Tensor1D;
  return (x) => {
    const [batch, time, height, width, channels] = x.shape;
    // two axes, because the wasm backend cuts tensors of five axes some fifty times slower
    const rows = tf.reshape(x, [-1, channels]);
    const count = batch * time * height * width;
    const first = tf.slice(rows, [0, 0], [count, fold]);
    const folded: tf.Tensor5D = tf.reshape(first, [batch, time, height, width, fold]);
    const gate = tf.tanh(gateConv3d(normalize(folded), filter, bias)); // [B, T, H, W, 2]
    const shifted = gateShift(folded, gate);
    if (fold === channels) {
      return shifted;
    }
    const rest = tf.slice(rows, [0, fold], [count, channels - fold]);
    return tf.reshape(tf.concat([tf.reshape(shifted, [count, fold]), rest], 1), x.shape);
  };
}
