import { streamKernels } from '@mcore/backbone-stream';
import { ArgumentError } from '@mcore/errors';
import { normalizeFrames, type PackedFrames } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import { assertFrames } from './assert-frames.js';
import type { GsmRegNetYConfig } from './config.js';
import { foldedLayers } from './folded-layers.js';
import type { WeightOf } from './layers.js';
import { type FrameFeatures, type Network, network } from './network.js';
import { StreamedFeatures } from './streamed-features.js';

/** Options of {@link InferenceBackbone.apply}. */
export interface InferenceOptions {
  /**
   * Clips per pass; default 1. Memory grows with it (about 0.3 GB for 96 frames of 112x112 in the paper's backbone); results do not depend
   * on it. A clip is never divided, because each of 13 blocks shifts frames by up to two.
   */
  readonly clipsAtOnce?: number;
}

/**
 * A frozen copy of a {@link GsmRegNetY} for inference, with normalisation folded into its convolutions. Later changes to the original's
 * weights do not affect it. Owns its tensors: call {@link dispose}.
 *
 * Where `streamKernels()` of `@mcore/backbone-stream` is set (the engines wasm and native of `@mcore/engines` do that), features are computed
 * by them outside of tfjs, faster and in little memory.
 */
export class InferenceBackbone {
  /** Channels of the features. */
  readonly featureSize: number;
  readonly #network: Network;
  readonly #tensors: tf.Tensor[] = [];
  readonly #stream: StreamedFeatures | undefined;

  /** Use `GsmRegNetY.inferenceModel()`. */
  constructor(config: GsmRegNetYConfig, weightOf: WeightOf) {
    this.featureSize = config.widths.at(-1)!;
    let built: Network | undefined;
    tf.tidy(() => {
      const layers = foldedLayers(weightOf, (tensor) => this.#tensors.push(tf.keep(tensor)));
      built = network(config, layers);
    });
    this.#network = built!;
    const kernels = streamKernels();
    if (kernels) this.#stream = new StreamedFeatures(config, weightOf, kernels);
  }

  /**
   * Features of every frame, with running statistics. Has no gradient.
   *
   * @param x - Normalised frames, `[batch, time, height, width, 3]`, float32.
   * @returns `[batch, time, channels]`; the caller disposes it.
   * @throws {@link ShapeError} if `x` has another shape or type.
   * @throws {@link ArgumentError} if `clipsAtOnce` is not a positive whole number.
   */
  apply(x: tf.Tensor5D, options: InferenceOptions = {}): tf.Tensor3D {
    return tf.tidy(() => {
      if (this.#stream) {
        assertBatch('InferenceBackbone.apply', x, options);
        return this.#stream.ofBatch(x);
      }
      const parts = this.#run('InferenceBackbone.apply', x, options, ({ features }) => [features]);
      return joined(parts.map(([features]) => features!)) as tf.Tensor3D;
    });
  }

  /**
   * {@link apply} of one clip's bytes, normalised; there is no tensor of them where `streamKernels()` compute.
   *
   * @returns `[1, time, channels]`; the caller disposes it.
   * @throws {@link ShapeError} if the data is of another size than it says.
   */
  features(frames: PackedFrames): tf.Tensor3D {
    if (this.#stream) return this.#stream.ofClip(frames);
    return tf.tidy(() => this.apply(tf.expandDims(normalizeFrames(frames), 0) as tf.Tensor5D));
  }

  /**
   * {@link apply} that also returns the features of every position before the mean.
   *
   * @param x - As for {@link apply}.
   * @returns Features and maps; the caller disposes both.
   * @throws {@link ShapeError} or {@link ArgumentError} as {@link apply}.
   */
  applyWithMaps(x: tf.Tensor5D, options: InferenceOptions = {}): FrameFeatures {
    return tf.tidy(() => {
      const parts = this.#run('InferenceBackbone.applyWithMaps', x, options, ({ features, maps }) => [features, maps]);
      return {
        features: joined(parts.map(([features]) => features!)) as tf.Tensor3D,
        maps: joined(parts.map(([, maps]) => maps!)) as tf.Tensor5D,
      };
    });
  }

  /** Processes the batch in parts and keeps the tensors that `keep` returns. */
  #run(
    caller: string,
    x: tf.Tensor5D,
    options: InferenceOptions,
    keep: (features: FrameFeatures) => tf.Tensor[],
  ): tf.Tensor[][] {
    const clipsAtOnce = assertBatch(caller, x, options);
    const [batch, ...clip] = x.shape;
    const parts: tf.Tensor[][] = [];
    for (let start = 0; start < batch; start += clipsAtOnce) {
      const size = Math.min(clipsAtOnce, batch - start);
      parts.push(tf.tidy(() => keep(this.#network(tf.slice(x, [start, 0, 0, 0, 0], [size, ...clip])))));
    }
    return parts;
  }

  /** Frees the copy; calling it again does nothing. */
  dispose(): void {
    tf.dispose(this.#tensors.splice(0));
    this.#stream?.dispose();
  }
}

/** Returns the clips at once. */
function assertBatch(caller: string, x: tf.Tensor, { clipsAtOnce = 1 }: InferenceOptions): number {
  assertFrames(caller, x);
  if (!Number.isInteger(clipsAtOnce) || clipsAtOnce < 1) {
    throw new ArgumentError(`${caller}: clipsAtOnce must be a positive whole number, got ${clipsAtOnce}.`);
  }
  return clipsAtOnce;
}

function joined(parts: readonly tf.Tensor[]): tf.Tensor {
  return parts.length === 1 ? parts[0]! : tf.concat([...parts], 0);
}
