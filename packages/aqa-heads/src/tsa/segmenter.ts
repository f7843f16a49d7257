import * as tf from '@tensorflow/tfjs-core';
import { type Layers, linearSpecs, type Specs } from '../shared/layers.js';
import { type TsaConfig, tokenSizeOf } from './config.js';
import { normalizationSpecs, normalize } from './normalization.js';

/** Frames of clips and what each is as a transition. */
export interface SegmentedFrames {
  /** `[clips, frames, token channels]`. */
  readonly frames: tf.Tensor3D;
  /** Logits before the sigmoid, `[clips, frames, transitions]`. */
  readonly logits: tf.Tensor3D;
}

/** Two convolutions with normalisations of one level, under the released code's names. */
function levelNames(level: number): { convolutions: [string, string]; norms: [string, string] } {
  const prefix = level === 0 ? 'psnet_model.inc.conv.conv' : `psnet_model.down${level}.mpconv.1.conv`;
  return { convolutions: [`${prefix}.0`, `${prefix}.3`], norms: [`${prefix}.1`, `${prefix}.4`] };
}

const transitionNames = ({ transitionHidden }: TsaConfig) =>
  Array.from({ length: transitionHidden.length + 1 }, (_, layer) => `psnet_model.tas.layer${layer + 1}`);

/** Weights of the projection and of the segmenter. */
export function segmenterSpecs(config: TsaConfig): Specs {
  const { inputSize, projection, windows, channels, frames, stages, normalization, transitionHidden } = config;
  const levels = [windows, ...channels, frames];
  const convolutions = levels.slice(1).map((outputs, level): Specs => {
    const { convolutions, norms } = levelNames(level);
    return {
      ...linearSpecs(convolutions[0], levels[level]!, outputs, { kernel: [3] }),
      ...normalizationSpecs(norms[0], outputs, normalization),
      ...linearSpecs(convolutions[1], outputs, outputs, { kernel: [3] }),
      ...normalizationSpecs(norms[1], outputs, normalization),
    };
  });
  const widths = [tokenSizeOf(config), ...transitionHidden, stages - 1];
  const transitions = transitionNames(config).map((name, layer) =>
    linearSpecs(name, widths[layer]!, widths[layer + 1]!),
  );
  return Object.assign(linearSpecs('projection', inputSize, projection), ...convolutions, ...transitions);
}

/**
 * The procedure segmentation network of TSA: convolutions along the FEATURES, with the windows as channels, halve the features level by level
 * and end in one channel for each frame.
 *
 * Source: Xu et al., "FineDiving: A Fine-grained Dataset for Procedure-aware Action Quality Assessment", CVPR 2022, and the authors' code.
 *
 * @param windows - Projected features, `[clips, windows, projection]`.
 */
export function segmentFrames(
  layers: Layers,
  config: TsaConfig,
  windows: tf.Tensor3D,
  training: boolean,
): SegmentedFrames {
  let x = tf.transpose(windows, [0, 2, 1]) as tf.Tensor3D; // [N, length, windows]
  for (let level = 0; level <= config.channels.length; level++) {
    if (level > 0) x = halved(x);
    const { convolutions, norms } = levelNames(level);
    for (const index of [0, 1] as const) {
      const y = layers.conv3(convolutions[index], x);
      x = tf.relu(normalize(layers, norms[index], y, config.normalization, training));
    }
  }
  const frames = tf.transpose(x, [0, 2, 1]) as tf.Tensor3D; // [N, F, length / 16]
  return { frames, logits: layers.mlp(transitionNames(config), frames) };
}

/** The larger of every two neighbours along the length (`nn.MaxPool1d(2)`). */
function halved(x: tf.Tensor3D): tf.Tensor3D {
  const [clips, length, channels] = x.shape;
  const pairs = tf.unstack(tf.reshape(x, [clips, length / 2, 2, channels]), 2) as [tf.Tensor3D, tf.Tensor3D];
  return tf.maximum(...pairs);
}
