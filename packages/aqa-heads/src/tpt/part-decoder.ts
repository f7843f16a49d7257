import { crossAttention } from '@mcore/contrastive-regressor';
import { constant } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import { type dropoutOf, type Layers, linearSpecs, normSpecs, type Specs, xavierUniform } from '../shared/layers.js';
import type { TptConfig } from './config.js';

/** Parts of clips and where each was found. */
interface DecodedParts {
  /** `[clips, parts, width]`. */
  readonly parts: tf.Tensor3D;
  /** Of every layer, `[clips, parts, time]`, adding up to 1 over time. */
  readonly attention: readonly tf.Tensor3D[];
}

/** Weights of the decoder, under the released code's names. */
export function decoderSpecs({ inputSize, parts, width, ffn, layers }: TptConfig): Specs {
  const initializer = xavierUniform;
  const perLayer = Array.from({ length: layers }, (_, layer): Specs => {
    const name = `action_decoder.layers.${layer}`;
    return {
      [`${name}.temp`]: { shape: [], initializer: constant(0.07) },
      ...linearSpecs(`${name}.key_embed`, inputSize, width, { initializer }),
      ...linearSpecs(`${name}.value_embed`, inputSize, width, { initializer }),
      ...linearSpecs(`${name}.query_embed`, width, width, { initializer }),
      ...normSpecs(`${name}.norm1`, width),
      ...normSpecs(`${name}.norm2`, width),
      ...linearSpecs(`${name}.linear1`, width, ffn, { initializer }),
      ...linearSpecs(`${name}.linear2`, ffn, width, { initializer }),
      ...(layer === 0 ? selfAttentionSpecs(name, width) : {}),
    };
  });
  const queries = { 'action_decoder.query_embed.weight': { shape: [parts, width], initializer: xavierUniform } };
  return Object.assign(queries, ...perLayer);
}

function selfAttentionSpecs(name: string, width: number): Specs {
  const zeros = constant(0);
  return {
    [`${name}.self_attn.in_proj_weight`]: { shape: [3 * width, width], initializer: xavierUniform },
    [`${name}.self_attn.in_proj_bias`]: { shape: [3 * width], initializer: zeros },
    [`${name}.self_attn.out_proj.weight`]: { shape: [width, width], initializer: xavierUniform },
    [`${name}.self_attn.out_proj.bias`]: { shape: [width], initializer: zeros },
    ...normSpecs(`${name}.norm3`, width),
  };
}

/**
 * Parses clips into parts: learned queries attend over time, each with the softmax over frames of `k . q / width / temperature`; the first
 * layer also lets the parts of a clip attend to each other.
 *
 * Source: Bai et al., "Action Quality Assessment with Temporal Parsing Transformer", ECCV 2022, section 3.2, and the authors' code.
 *
 * @param features - `[clips, time, channels]`.
 * @param drop - Dropout of this pass.
 */
export function decodeParts(
  layers: Layers,
  config: TptConfig,
  features: tf.Tensor3D,
  drop: ReturnType<typeof dropoutOf>,
): DecodedParts {
  const { parts: count, width, dropout: rate } = config;
  const clips = features.shape[0];
  const queries = tf.tile(tf.expandDims(layers.weight<tf.Tensor2D>('action_decoder.query_embed.weight'), 0), [
    clips,
    1,
    1,
  ]) as tf.Tensor3D; // [N, K, D]
  let parts = tf.zeros([clips, count, width]) as tf.Tensor3D;
  const attention: tf.Tensor3D[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    const name = `action_decoder.layers.${layer}`;
    const key = layers.linear(`${name}.key_embed`, features);
    const value = layers.linear(`${name}.value_embed`, features);
    const query = layers.linear(`${name}.query_embed`, tf.add(parts, queries) as tf.Tensor3D);
    const logits = tf.div(tf.div(tf.matMul(query, key, false, true), width), layers.weight(`${name}.temp`));
    const weights = tf.softmax(logits) as tf.Tensor3D; // [N, K, T]
    attention.push(weights);
    const found = tf.matMul(weights, value) as tf.Tensor3D;
    parts = layers.norm(`${name}.norm1`, tf.add(parts, drop(found, rate)));
    const inner = drop(layers.linear(`${name}.linear1`, parts, 'relu'), rate);
    const next = drop(layers.linear(`${name}.linear2`, inner), rate);
    parts = layers.norm(`${name}.norm2`, tf.add(parts, next));
    if (layer === 0) {
      const mixed = drop(selfAttention(layers, name, parts, queries, config.heads), rate);
      parts = layers.norm(`${name}.norm3`, tf.add(parts, mixed));
    }
  }
  return { parts, attention };
}

/** `nn.MultiheadAttention` among the parts of a clip, with the part queries added to what asks and to what is asked. */
function selfAttention(
  layers: Layers,
  name: string,
  parts: tf.Tensor3D,
  queries: tf.Tensor3D,
  heads: number,
): tf.Tensor3D {
  const [clips, count, width] = parts.shape;
  const weights = tf.split(layers.weight<tf.Tensor2D>(`${name}.self_attn.in_proj_weight`), 3, 0);
  const biases = tf.split(layers.weight<tf.Tensor1D>(`${name}.self_attn.in_proj_bias`), 3, 0);
  const asking = tf.add(parts, queries);
  const [query, key, value] = [asking, asking, parts].map((x, index) =>
    tf.add(tf.matMul(tf.reshape(x, [-1, width]) as tf.Tensor2D, weights[index]!, false, true), biases[index]!),
  ) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const mixed = crossAttention(query, key, value, { groups: clips, tokens: count, heads });
  return tf.reshape(layers.linear(`${name}.self_attn.out_proj`, mixed), parts.shape);
}
