import { meanOverPositions } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import { blockSizes } from './block-sizes.js';
import type { GsmRegNetYConfig } from './config.js';
import { stemConvolution } from './convolutions.js';
import type { Layers } from './layers.js';
import { through } from './through.js';
import { yBlock } from './y-block.js';

/** Features of every frame, and the maps whose mean they are. */
export interface FrameFeatures {
  /** `[batch, time, channels]`: the mean of `maps` over height and width. */
  features: tf.Tensor3D;
  /**
   * Output of the last block, `[batch, time, height, width, channels]`; four stages reduce height and width to 1/32, rounded up.
   */
  maps: tf.Tensor5D;
}

/** A network with its weights in place, for `[batch, time, height, width, 3]`. */
export type Network = (x: tf.Tensor5D) => FrameFeatures;

/** The whole backbone: stem, blocks, mean over height and width. */
export function network(config: GsmRegNetYConfig, layers: Layers): Network {
  const stem = layers.convolution('stem.conv', 'stem.bn', stemConvolution, 'relu');
  const blocks = blockSizes(config).map((sizes) => yBlock(layers, sizes));
  return (x) => {
    const [batch, time, height, width] = x.shape;
    const frames: tf.Tensor4D = tf.reshape(x, [batch * time, height, width, 3]);
    const last = through(frames, stem, ...blocks.map((block) => (features: tf.Tensor4D) => block(features, batch)));
    const [, rows, columns, channels] = last.shape;
    return {
      features: tf.reshape(meanOverPositions(last), [batch, time, channels]), // [B * T, C]
      maps: tf.reshape(last, [batch, time, rows, columns, channels]), // the same values in another shape
    };
  };
}
