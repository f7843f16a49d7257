import type { WeightMap } from '@mcore/ops';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * timm's names of a block's first convolution, as they are once a gate-shift module wraps it: `conv1.conv.weight`
 * becomes `conv1.net.conv.weight`.
 */
export function timmToGsm(tensors: WeightMap): Map<string, tf.Tensor> {
  const entries: [string, tf.Tensor][] = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  return new Map(entries.map(([name, tensor]) => [name.replace(/\.conv1\.(conv|bn)\./, '.conv1.net.$1.'), tensor]));
}
