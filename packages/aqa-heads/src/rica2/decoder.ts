import { gelu } from '@mcore/contrastive-regressor';
import { normal } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import { multiHeadAttention } from '../attention/multi-head.js';
import { type Layers, linearSpecs, normSpecs, type Specs, xavierUniform } from '../shared/layers.js';
import type { Rica2Config } from './config.js';
import { type Noise, residual, residualSpecs } from './residual.js';

/** Steps of clips and where each was found. */
interface DecodedSteps {
  /** `[batch, slots, width]`; those of absent steps mean nothing. */
  readonly steps: tf.Tensor3D;
  /** Of every layer, `[batch, heads, slots, time]`; 0 for absent steps. */
  readonly attention: readonly tf.Tensor4D[];
}

/** Weights of the decoder, under the released code's names. */
export function decoderSpecs({ width, ffnRatio, decoderLayers, slots, textSize }: Rica2Config): Specs {
  const options = { initializer: xavierUniform, kernel: [1] };
  const hidden = Math.floor(width * ffnRatio);
  const queries: Specs =
    textSize === null
      ? { 'neck.queries.weight': { shape: [slots, width], initializer: normal(1) } }
      : {
          'neck.text_queries.weight': { shape: [slots, textSize], initializer: normal(1), trainable: false },
          ...linearSpecs('neck.text_queries_projection', textSize, width),
        };
  const perLayer = Array.from({ length: decoderLayers }, (_, layer): Specs => {
    const name = `neck.layers.${layer}`;
    return {
      ...linearSpecs(`${name}.xattn.q_conv.conv`, 1, width, { initializer: xavierUniform, kernel: [3], bias: false }),
      ...normSpecs(`${name}.xattn.q_norm`, width, true),
      ...linearSpecs(`${name}.xattn.xattn.query`, width, width, options),
      ...linearSpecs(`${name}.xattn.xattn.key`, width, width, options),
      ...linearSpecs(`${name}.xattn.xattn.value`, width, width, options),
      ...linearSpecs(`${name}.xattn.xattn.proj`, width, 2 * width, options),
      ...normSpecs(`${name}.ln_xattn_q`, width, true),
      ...normSpecs(`${name}.ln_xattn_kv`, width, true),
      ...linearSpecs(`${name}.ffn.fc`, width, hidden, options),
      ...linearSpecs(`${name}.ffn.proj`, hidden, width, options),
      ...normSpecs(`${name}.ln_ffn`, width, true),
      ...residualSpecs(`${name}.drop_path_ffn`, width),
    };
  });
  return Object.assign(queries, ...perLayer, normSpecs('neck.ln_out', width, true));
}

/**
 * Steps of clips: a query for every step attends to the frames, and what it finds scales and shifts it.
 *
 * Source: Majeedi et al., "RICA2: Rubric-Informed, Calibrated Assessment of Actions", ECCV 2024, and the authors' code (MIT).
 *
 * @param frames - `[batch, time, width]`.
 * @param presence - 1 for the steps a clip has, `[batch, slots, 1]`.
 */
export function decodeSteps(
  layers: Layers,
  config: Rica2Config,
  frames: tf.Tensor3D,
  presence: tf.Tensor3D,
  noise: Noise,
): DecodedSteps {
  const { decoderLayers, heads, dropout, pathDropout } = config;
  let steps = tf.mul(tf.expandDims(stepQueries(layers, config), 0), presence) as tf.Tensor3D; // [B, slots, D]
  const attention: tf.Tensor4D[] = [];
  for (let layer = 0; layer < decoderLayers; layer++) {
    const name = `neck.layers.${layer}`;
    const present = tf.mul(steps, presence) as tf.Tensor3D;
    // across the slots: a step knows of its neighbours in the list
    const local = layers.depthwiseConv3(`${name}.xattn.q_conv.conv`, layers.norm(`${name}.ln_xattn_q`, present));
    const asking = layers.norm(`${name}.xattn.q_norm`, tf.mul(local, presence) as tf.Tensor3D);
    const source = layers.norm(`${name}.ln_xattn_kv`, frames);
    const { mixed, weights } = multiHeadAttention(
      layers.linear(`${name}.xattn.xattn.query`, asking),
      layers.linear(`${name}.xattn.xattn.key`, source),
      layers.linear(`${name}.xattn.xattn.value`, source),
      heads,
      (rows) => noise.drop(rows, dropout),
    );
    attention.push(tf.mul(weights, tf.expandDims(presence, 1)) as tf.Tensor4D);
    const found = noise.drop(layers.linear(`${name}.xattn.xattn.proj`, mixed), pathDropout);
    const [scale, shift] = tf.split(found, 2, 2) as [tf.Tensor3D, tf.Tensor3D];
    steps = tf.add(tf.mul(present, scale), shift) as tf.Tensor3D;
    const hidden = noise.drop(gelu(layers.linear(`${name}.ffn.fc`, layers.norm(`${name}.ln_ffn`, steps))), dropout);
    const next = tf.mul(noise.drop(layers.linear(`${name}.ffn.proj`, hidden), dropout), presence) as tf.Tensor3D;
    steps = residual(layers, `${name}.drop_path_ffn`, steps, next, noise);
  }
  return { steps: layers.norm('neck.ln_out', steps), attention };
}

function stepQueries(layers: Layers, { textSize }: Rica2Config): tf.Tensor2D {
  if (textSize === null) return layers.weight('neck.queries.weight');
  return layers.linear('neck.text_queries_projection', layers.weight<tf.Tensor2D>('neck.text_queries.weight'));
}
