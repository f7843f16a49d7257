import * as tf from '@tensorflow/tfjs-core';
import type { GroupOutputs } from '../groups/group-losses.js';
import { type Layers, linearSpecs, type Specs } from '../shared/layers.js';

/** Sizes of a regression tree. */
interface TreeSizes {
  readonly inputs: number;
  readonly hidden: number;
  /** Levels, the first included. */
  readonly depth: number;
}

/** Weights of a tree, under the released code's names: grouped convolutions, one group a node. */
export function treeSpecs({ inputs, hidden, depth }: TreeSizes): Specs {
  const kernel = [1];
  const levels = Array.from({ length: depth - 1 }, (_, level) => {
    const nodes = 2 ** level;
    return {
      ...linearSpecs(`feature_layers.${level}.0`, hidden, nodes * 2 * hidden, { kernel }),
      ...linearSpecs(`clf_layers.${level}`, hidden, nodes * 2, { kernel }),
    };
  });
  const leaves = linearSpecs('reg_layer', hidden, 2 ** (depth - 1), { kernel });
  return Object.assign(linearSpecs('first_layer.0', inputs, hidden), ...levels, leaves);
}

/**
 * A binary tree in which every node has layers of its own: branch logits and, after them, the features of its two children. A leaf's
 * probability is the product of those on its path; its output is a position in its group.
 *
 * Source: Yu et al., "Group-aware Contrastive Regression for Action Quality Assessment", ICCV 2021, section 3.3.
 *
 * @param layers - With the weights of {@link treeSpecs}.
 * @param x - Pair features, `[pairs, inputs]`.
 */
export function regressionTree(layers: Layers, x: tf.Tensor2D, depth: number): GroupOutputs {
  const pairs = x.shape[0];
  let features = tf.expandDims(layers.linear('first_layer.0', x, 'relu'), 0) as tf.Tensor3D; // [nodes, B, H]
  let logProbabilities = tf.zeros([1, pairs]) as tf.Tensor2D; // [nodes, B]
  for (let level = 0; level < depth - 1; level++) {
    const logits = perNode(layers, `clf_layers.${level}`, features); // [nodes, B, 2]
    const branches = tf.add(tf.logSoftmax(logits), tf.expandDims(logProbabilities, 2));
    logProbabilities = tf.reshape(tf.transpose(branches, [0, 2, 1]), [-1, pairs]); // children side by side: [2 nodes, B]
    const children = tf.relu(perNode(layers, `feature_layers.${level}.0`, features)); // [nodes, B, 2H]
    const [nodes, , width] = children.shape;
    const apart = tf.transpose(tf.reshape(children, [nodes, pairs, 2, width / 2]), [0, 2, 1, 3]);
    features = tf.reshape(apart, [2 * nodes, pairs, width / 2]);
  }
  const outputs = perNode(layers, 'reg_layer', features); // [leaves, B, 1]
  return {
    logProbabilities: tf.transpose(logProbabilities) as tf.Tensor2D,
    positions: tf.transpose(tf.squeeze(outputs, [2])) as tf.Tensor2D,
  };
}

/** A linear layer of its own for every node: `[nodes, pairs, hidden]` to `[nodes, pairs, outputs]`. */
function perNode(layers: Layers, name: string, features: tf.Tensor3D): tf.Tensor3D {
  const [nodes, , hidden] = features.shape;
  const weight = tf.reshape(layers.weight(`${name}.weight`), [nodes, -1, hidden]); // [nodes, outputs, H]
  const bias = tf.reshape(layers.weight(`${name}.bias`), [nodes, 1, -1]);
  return tf.add(tf.matMul(features, weight, false, true), bias);
}
