import { type StreamFrames, StreamingBackbone, type StreamKernels } from '@mcore/backbone-stream';
import * as tf from '@tensorflow/tfjs-core';
import type { GsmRegNetYConfig } from './config.js';
import type { WeightOf } from './layers.js';
import { weightSpecs } from './weight-specs.js';

/**
 * A {@link StreamingBackbone} between tensors. Weights and frames are read at once: the backends that have kernels keep tensors in
 * this process's memory.
 */
export class StreamedFeatures {
  readonly #backbone: StreamingBackbone;

  constructor(config: GsmRegNetYConfig, weightOf: WeightOf, kernels: StreamKernels) {
    const names = Object.keys(weightSpecs(config));
    const weights = new Map(names.map((name) => [name, weightOf(name).dataSync() as Float32Array]));
    this.#backbone = new StreamingBackbone(config, weights, kernels);
  }

  /** Normalised frames `[batch, time, height, width, 3]` to features `[batch, time, channels]`. */
  ofBatch(x: tf.Tensor5D): tf.Tensor3D {
    const [clips, count, height, width] = x.shape;
    const data = x.dataSync() as Float32Array;
    const size = data.length / clips;
    return tf.tidy(() => {
      const parts = Array.from({ length: clips }, (_, clip) =>
        this.ofClip({ data: data.subarray(clip * size, (clip + 1) * size), count, height, width }),
      );
      return parts.length === 1 ? parts[0]! : tf.concat(parts, 0);
    });
  }

  /** One clip's features, `[1, time, channels]`. */
  ofClip(frames: StreamFrames): tf.Tensor3D {
    return tf.tensor3d(this.#backbone.features(frames), [1, frames.count, this.#backbone.featureSize]);
  }

  dispose(): void {
    this.#backbone.dispose();
  }
}
