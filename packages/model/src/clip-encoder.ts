import type { InferenceBackbone } from '@mcore/backbone-gsm';
import type { Frames } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { MCoRe } from './mcore.js';
import { regressionValues } from './regression-values.js';

/** Inference results for one clip; a bank or a score needs nothing else. */
export interface EncodedClip {
  /** Frames x channels features of the backbone: they allow other transitions without another pass. */
  features: Float32Array;
  /** Frames x transitions scores before softmax. */
  logits: Float32Array;
  /** Decoded transitions, as indices of sampled frames. */
  transitions: number[];
  /** Stages x steps x channels features cut at the decoded transitions; a single uncut stage if the model is not stagewise. */
  stages: Float32Array;
}

/** Inference with one model on the current tfjs backend. Prepares the backbone once. */
export class ClipEncoder {
  readonly model: MCoRe;
  #backbone: InferenceBackbone | undefined;

  /** @param model - The caller disposes it. */
  constructor(model: MCoRe) {
    this.model = model;
  }

  /**
   * Features, transitions and stage features of a clip, from one pass through the backbone: D(F(V)) of eq. 2.
   *
   * @param frames - Already sampled, resized and cropped. The networks accept any number and size, but scores are meaningful only for those
   *   of `config.input`; `Scorer` of @mcore/judge checks them.
   */
  async encode(frames: Frames): Promise<EncodedClip> {
    // one tensor, so that a GPU is read once
    const [time, count] = [frames.count, this.model.config.stages - 1];
    const both = tf.tidy(() => {
      const features = this.features(frames);
      return tf.concat([tf.reshape(features, [-1]), tf.reshape(this.model.transitionLogits(features), [-1])]);
    });
    try {
      const values = (await both.data()) as Float32Array;
      const features = values.slice(0, values.length - time * count);
      const logits = values.slice(features.length);
      const [transitions] = this.model.decode([asRows(logits, count)]);
      return {
        features,
        logits,
        transitions: transitions!,
        stages: this.#stagesOf(features, transitions!),
      };
    } finally {
      both.dispose();
    }
  }

  /**
   * Computes only the features of every frame.
   *
   * @param frames - Already resized and cropped.
   * @returns `[1, time, channels]`; the caller disposes it.
   */
  features(frames: Frames): tf.Tensor3D {
    this.#backbone ??= this.model.backbone.inferenceModel();
    return this.#backbone.features(frames);
  }

  /**
   * Stage features at transitions other than the decoded ones.
   *
   * @param features - Features of an {@link EncodedClip}.
   * @param transitions - Indices of sampled frames, as {@link regressionValues} takes them.
   * @returns Stages x steps x channels.
   * @throws {@link ArgumentError} if the features are not a whole number of frames.
   */
  async stagesAt(features: Float32Array, transitions: readonly number[]): Promise<Float32Array> {
    const { featureSize } = this.model.backbone;
    if (features.length === 0 || features.length % featureSize !== 0) {
      throw new ArgumentError(
        `ClipEncoder.stagesAt: expected frames x ${featureSize} features, got ${features.length} numbers.`,
      );
    }
    return this.#stagesOf(features, transitions);
  }

  #stagesOf(features: Float32Array, transitions: readonly number[]): Float32Array {
    return regressionValues(this.model.config, features, this.model.backbone.featureSize, transitions);
  }

  /** Frees the prepared backbone, but not the model. Call it also after the model's weights change. */
  dispose(): void {
    this.#backbone?.dispose();
    this.#backbone = undefined;
  }
}

/** Frames as a batch of one clip, `[1, time, height, width, 3]` with values 0..255; the caller disposes it. */
export function framesTensor({ data, count, height, width }: Frames): tf.Tensor5D {
  return tf.tensor5d(new Float32Array(data), [1, count, height, width, 3]);
}

/** Splits a flat array into frames x transitions. Decoding a tensor reads it synchronously, which webgpu can't do in Node. */
function asRows(flat: Float32Array, transitions: number): number[][] {
  return Array.from({ length: flat.length / transitions }, (_, frame) => [
    ...flat.subarray(frame * transitions, (frame + 1) * transitions),
  ]);
}
