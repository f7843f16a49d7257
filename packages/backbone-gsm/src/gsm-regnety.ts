import { StreamingBackbone, type StreamKernels } from '@mcore/backbone-stream';
import { ArgumentError } from '@mcore/errors';
import { createVariables, disposeVariables, loadWeights, type WeightMap } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import { assertFrames } from './assert-frames.js';
import { batchLayers } from './batch-layers.js';
import { completeConfig, type GsmRegNetYConfig } from './config.js';
import { foldedLayers } from './folded-layers.js';
import { InferenceBackbone } from './inference.js';
import type { WeightOf } from './layers.js';
import { type FrameFeatures, network } from './network.js';
import { assertEnoughValues, followBatches, StatisticsSum } from './running-statistics.js';
import { timmToGsm } from './timm-names.js';
import { weightSpecs } from './weight-specs.js';

/** Name prefixes: of the backbone in the released code, and of PyTorch's DataParallel before it. */
const PREFIXES = ['module.', 'base_model.', '_features.'];

/** Options of {@link GsmRegNetY.apply}. */
export interface ApplyOptions {
  /** True in training, default false. Matters only if the config's `batchNorm` is `'batch'`. */
  readonly training?: boolean;
}

/**
 * RegNet-Y with a gate-shift module in every block, so the features of a frame depend on the frames around it. Owns its weights: call
 * {@link dispose}.
 *
 * Sources: Radosavovic et al., "Designing Network Design Spaces", CVPR 2020; Sudhakaran et al., "Gate-Shift Networks
 * for Video Action Recognition", CVPR 2020; combined as in the released code of MCoRe (An et al., ICASSP 2024), with its tensor names.
 */
export class GsmRegNetY {
  /** The config, complete. */
  readonly config: GsmRegNetYConfig;
  /** Channels of the features. */
  readonly featureSize: number;
  readonly #weights: Map<string, tf.Variable>;

  /**
   * @param config - Omitted fields are as in {@link REGNETY_200MF}.
   * @param options - `seed`: the same seed gives the same initial weights on every engine. Running statistics start
   * at 0 and 1: measure them, or load trained weights, before training with fixed ones.
   * @throws {@link ArgumentError} if the config is invalid.
   */
  constructor(config: Partial<GsmRegNetYConfig>, { seed }: { readonly seed: number | string }) {
    this.config = completeConfig(config);
    this.featureSize = this.config.widths.at(-1)!;
    this.#weights = createVariables(weightSpecs(this.config), seed);
  }

  /**
   * Features of every frame.
   *
   * With fixed statistics (always, unless the config has `'batch'` and this is training) a clip's features depend on that clip alone, and
   * no statistics change. For scoring, {@link inferenceModel} is faster and uses less memory.
   *
   * @param x - Normalised frames, `[batch, time, height, width, 3]`, float32; any height and width.
   * @returns `[batch, time, channels]`; the caller disposes it. Differentiable in `x` and in all trainable weights.
   * @throws {@link ShapeError} if `x` has another shape or type.
   * @throws {@link ArgumentError} if batch statistics would come from a single value.
   */
  apply(x: tf.Tensor5D, options: ApplyOptions = {}): tf.Tensor3D {
    return tf.tidy(() => this.#run('GsmRegNetY.apply', x, options).features);
  }

  /**
   * {@link apply} that also returns the features of every position before the mean, for methods that use positions, such as TSA's
   * cross-attention.
   *
   * @param x - As for {@link apply}.
   * @returns Features and maps; the caller disposes both.
   * @throws {@link ShapeError} or {@link ArgumentError} as {@link apply}.
   */
  applyWithMaps(x: tf.Tensor5D, options: ApplyOptions = {}): FrameFeatures {
    return tf.tidy(() => ({ ...this.#run('GsmRegNetY.applyWithMaps', x, options) }));
  }

  #run(caller: string, x: tf.Tensor5D, { training = false }: ApplyOptions): FrameFeatures {
    assertFrames(caller, x);
    const ownStatistics = training && this.config.batchNorm === 'batch';
    if (ownStatistics) {
      assertEnoughValues(caller, x, this.config);
    }
    const layers = ownStatistics
      ? batchLayers(this.#weightOf, followBatches(this.#weights))
      : foldedLayers(this.#weightOf);
    return network(this.config, layers)(x);
  }

  /**
   * Sets all running means and variances, including those of the gate-shift modules, from some clips. In each batch, every layer normalises
   * with the statistics of its own input; the statistics are then averaged over batches. PyTorch does the same in training mode with
   * `momentum=None` and fresh statistics.
   *
   * A network with random weights needs this before training with fixed statistics; 64 clips were enough.
   *
   * @param batches - Normalised frames, `[batch, time, height, width, 3]` each; a generator may dispose each batch when the next one is
   *   requested.
   * @throws {@link ShapeError} or {@link ArgumentError} as {@link apply}, or if there is no batch; statistics do not change then.
   */
  async measureStatistics(batches: Iterable<tf.Tensor5D> | AsyncIterable<tf.Tensor5D>): Promise<void> {
    const sum = new StatisticsSum();
    try {
      for await (const batch of batches) {
        assertFrames('GsmRegNetY.measureStatistics', batch);
        assertEnoughValues('GsmRegNetY.measureStatistics', batch, this.config);
        tf.tidy(() => {
          network(this.config, batchLayers(this.#weightOf, sum.startBatch()))(batch);
        });
      }
      if (sum.batches === 0) {
        throw new ArgumentError('GsmRegNetY.measureStatistics: expected at least one batch, got none.');
      }
      sum.assignAverages(this.#weights);
    } finally {
      sum.dispose();
    }
  }

  /**
   * A frozen copy for inference, prepared once; the caller disposes it. Make a new copy after further training.
   */
  inferenceModel(): InferenceBackbone {
    return new InferenceBackbone(this.config, this.#weightOf);
  }

  /**
   * A frozen copy that accepts frames as they arrive and runs outside tfjs. It is several times as fast on a CPU, and its memory does not
   * grow with the clip. The caller disposes it. Make a new copy after further training.
   *
   * @param kernels - The kernels to use: `await loadWasmKernels()` of `@mcore/backbone-stream`, or `loadNativeKernels()` of
   * `@mcore/backbone-stream/node`.
   */
  async streamingModel(kernels: StreamKernels): Promise<StreamingBackbone> {
    const weights = new Map<string, Float32Array>();
    for (const [name, variable] of this.#weights) weights.set(name, (await variable.data()) as Float32Array);
    return new StreamingBackbone(this.config, weights, kernels);
  }

  /**
   * The weights under PyTorch's names and in its layouts (convolutions `[outputs, inputs, height, width]`); running statistics are
   * variables that don't train. The map is new, but the model owns the variables: don't dispose them.
   */
  weights(): Map<string, tf.Variable> {
    return new Map(this.#weights);
  }

  /**
   * Sets all weights, from a checkpoint of this package or of the released code.
   *
   * @param tensors - Under PyTorch's names, with or without the released code's prefixes; `*.num_batches_tracked` is
   * ignored. Not disposed.
   * @throws WeightsError naming every missing, extra and misshapen tensor; weights do not change then.
   */
  load(tensors: WeightMap): void {
    loadWeights('GsmRegNetY.load', this.#weights, tensors, { prefixes: PREFIXES });
  }

  /**
   * Sets all weights but those of the gate-shift modules from a RegNet-Y of timm (ImageNet weights), which has no gate shifts. Ignores the
   * classifier.
   *
   * @param tensors - timm's state dict. Not disposed.
   * @throws WeightsError naming every missing, extra and misshapen tensor; weights do not change then.
   */
  loadTimm(tensors: WeightMap): void {
    const own = new Map([...this.#weights].filter(([name]) => !name.includes('.gsm.')));
    const given = this.config.gateShift ? timmToGsm(tensors) : tensors;
    loadWeights('GsmRegNetY.loadTimm', own, given, { ignore: (name) => name.startsWith('head.') });
  }

  /** Frees the weights; calling it again does nothing. */
  dispose(): void {
    disposeVariables(this.#weights);
    this.#weights.clear();
  }

  readonly #weightOf: WeightOf = (name) => {
    const weight = this.#weights.get(name);
    if (weight === undefined) {
      throw new ArgumentError(`GsmRegNetY: ${name} must be a weight of a model that is not disposed, got none.`);
    }
    return weight;
  };
}
