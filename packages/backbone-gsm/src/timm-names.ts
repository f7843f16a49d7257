import type { WeightMap } from '@mcore/ops';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * Renames a block's first convolution from timm's name to that inside a gate-shift module: `conv1.conv.weight`
 * becomes `conv1.net.conv.weight`.
 */
export function timmToGsm(tensors: WeightMap): Map<string, tf.Tensor> {
  const entries: [string, tf.Tensor][] = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  return new Map(entries.map(([name, tensor]) => [name.replace(/\.conv1\.(conv|bn)\./, '.conv1.net.$1.'), tensor]));
}
