import { gelu } from '@mcore/contrastive-regressor';
import { constant, type Initializer, normal } from '@mcore/ops';
import type * as tf from '@tensorflow/tfjs-core';
import { multiHeadAttention } from '../attention/multi-head.js';
import { type Layers, linearSpecs, normSpecs, type Specs } from '../shared/layers.js';
import type { Rica2Config } from './config.js';
import { type Noise, residual, residualSpecs } from './residual.js';

const kernel = [1];
const tall = true; // norms have PyTorch's shape [1, channels, 1] here

/** Weights of the encoder, under the released code's names. */
export function encoderSpecs({ inputSize, width, convolutions, encoderLayers }: Rica2Config): Specs {
  const options = { initializer: normal(0.02) as Initializer, biasInitializer: constant(0) };
  const specs: Specs = {};
  for (let layer = 0; layer < convolutions; layer++) {
    const inputs = layer === 0 ? inputSize : width;
    Object.assign(specs, linearSpecs(`backbone.embd.${layer}.conv`, inputs, width, { ...options, kernel: [3] }));
  }
  for (let layer = 0; layer < encoderLayers; layer++) {
    const name = `backbone.encoder_blocks.${layer}`;
    for (const part of ['query', 'key', 'value']) {
      Object.assign(
        specs,
        linearSpecs(`${name}.attn.${part}_conv.conv`, 1, width, { ...options, kernel: [3], bias: false }),
        normSpecs(`${name}.attn.${part}_norm`, width, tall),
        linearSpecs(`${name}.attn.${part}`, width, width, { ...options, kernel }),
      );
    }
    Object.assign(
      specs,
      normSpecs(`${name}.ln1`, width, tall),
      normSpecs(`${name}.ln2`, width, tall),
      linearSpecs(`${name}.attn.proj`, width, width, { ...options, kernel }),
      linearSpecs(`${name}.mlp.0`, width, width, { ...options, kernel }),
      linearSpecs(`${name}.mlp.3`, width, width, { ...options, kernel }),
      residualSpecs(`${name}.drop_path_attn`, width),
      residualSpecs(`${name}.drop_path_mlp`, width),
    );
  }
  return specs;
}

/**
 * Features of frames that know of each other: convolutions over time, then transformer blocks whose queries, keys and values each pass a
 * depth-wise convolution, which takes the place of a position encoding.
 *
 * @param features - `[batch, time, channels]`.
 * @param convolutionDrop - Dropout between the convolutions.
 * @returns `[batch, time, width]`.
 */
export function encodeFrames(
  layers: Layers,
  config: Rica2Config,
  features: tf.Tensor3D,
  noise: Noise,
  convolutionDrop: Noise['drop'],
): tf.Tensor3D {
  const { convolutions, convolutionDropout, encoderLayers, heads, dropout } = config;
  let x = features;
  for (let layer = 0; layer < convolutions; layer++) {
    x = layers.conv3(`backbone.embd.${layer}.conv`, x, 'relu');
    if (layer < convolutions - 1) x = convolutionDrop(x, convolutionDropout);
  }
  for (let layer = 0; layer < encoderLayers; layer++) {
    const name = `backbone.encoder_blocks.${layer}`;
    const normed = layers.norm(`${name}.ln1`, x);
    const [query, key, value] = ['query', 'key', 'value'].map((part) => {
      const local = layers.depthwiseConv3(`${name}.attn.${part}_conv.conv`, normed);
      return layers.linear(`${name}.attn.${part}`, layers.norm(`${name}.attn.${part}_norm`, local));
    }) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const { mixed } = multiHeadAttention(query, key, value, heads, (weights) => noise.drop(weights, dropout));
    const attended = noise.drop(layers.linear(`${name}.attn.proj`, mixed), dropout);
    x = residual(layers, `${name}.drop_path_attn`, x, attended, noise);
    const hidden = noise.drop(gelu(layers.linear(`${name}.mlp.0`, layers.norm(`${name}.ln2`, x))), dropout);
    const next = noise.drop(layers.linear(`${name}.mlp.3`, hidden), dropout);
    x = residual(layers, `${name}.drop_path_mlp`, x, next, noise);
  }
  return x;
}
