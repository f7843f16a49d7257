import { meanOverPositions } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import { blockSizes } from './block-sizes.js';
import type { GsmRegNetYConfig } from './config.js';
import { stemConvolution } from './convolutions.js';
import type { Layers } from './layers.js';
import { yBlock } from './y-block.js';

/** A network with its weights in place: `[batch, time, height, width, 3]` to `[batch, time, channels]`. */
export type Network = (x: tf.Tensor5D) => tf.Tensor3D;

/** The whole backbone: stem, blocks, mean over height and width. */
export function network(config: GsmRegNetYConfig, layers: Layers): Network {
  const stem = layers.convolution('stem.conv', 'stem.bn', stemConvolution, 'relu');
  const blocks = blockSizes(config).map((sizes) => yBlock(layers, sizes));
  return (x) => {
    const [batch, time, height, width] = x.shape;
    const frames = stem(tf.reshape(x, [batch * time, height, width, 3])); // [B * T, H / 2, W / 2, C]
    const last = blocks.reduce((features, block) => block(features, batch), frames);
    const pooled = meanOverPositions(last); // [B * T, C]
    return tf.reshape(pooled, [batch, time, pooled.shape[1]]);
  };
}
