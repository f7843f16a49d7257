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

/** Where the released code keeps its backbone, and what PyTorch's wrapper for several GPUs puts before that. */
const PREFIXES = ['module.', 'base_model.', '_features.'];

/** What {@link GsmRegNetY.apply} may be told. */
export interface ApplyOptions {
  /** True while learning, default false. Matters only where the config's `batchNorm` is `'batch'`. */
  readonly training?: boolean;
}

/**
 * RegNet-Y with a gate-shift module in every block: features of each frame of a clip that know of the frames around
 * it. Owns its weights: call {@link dispose}.
 *
 * Sources: Radosavovic et al., "Designing Network Design Spaces", CVPR 2020; Sudhakaran et al., "Gate-Shift Networks
 * for Video Action Recognition", CVPR 2020; put together as in the released code of MCoRe (An et al., ICASSP 2024),
 * whose tensor names it keeps.
 */
export class GsmRegNetY {
  /** The config, complete. */
  readonly config: GsmRegNetYConfig;
  /** Channels of a feature. */
  readonly featureSize: number;
  readonly #weights: Map<string, tf.Variable>;

  /**
   * @param config - What is left out is as in {@link REGNETY_200MF}.
   * @param options - `seed`: the same seed gives the same initial weights on every engine. Running statistics start
   * at 0 and 1: measure them, or load trained weights, before training with fixed ones.
   * @throws {@link ArgumentError} if the config can't be.
   */
  constructor(config: Partial<GsmRegNetYConfig>, { seed }: { readonly seed: number | string }) {
    this.config = completeConfig(config);
    this.featureSize = this.config.widths.at(-1)!;
    this.#weights = createVariables(weightSpecs(this.config), seed);
  }

  /**
   * Features of every frame.
   *
   * With fixed statistics (always, unless the config says `'batch'` and this is training) a clip's features depend on
   * that clip alone and nothing is changed. For scoring, {@link inferenceModel} is faster and uses less memory.
   *
   * @param x - Normalised frames, `[batch, time, height, width, 3]`, float32; any height and width.
   * @returns `[batch, time, channels]`; the caller disposes it. Differentiable in `x` and in all trainable weights.
   * @throws {@link ShapeError} if `x` is something else.
   * @throws {@link ArgumentError} if batch statistics are asked of a single value.
   */
  apply(x: tf.Tensor5D, options: ApplyOptions = {}): tf.Tensor3D {
    return tf.tidy(() => this.#run('GsmRegNetY.apply', x, options).features);
  }

  /**
   * {@link apply} with the features of every position before they are averaged, from the same pass: for methods that look at places,
   * as TSA's cross-attention does.
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
   * Sets all running means and variances (the gate-shift modules' too) from some clips, from the first layer to the
   * last: in each batch every layer's statistics are those of its input when all layers before it normalise with that
   * batch's own, and batches are averaged. What PyTorch does in training mode with `momentum=None` from fresh
   * statistics.
   *
   * A network that starts from random weights needs this before it trains with fixed statistics; 64 clips were enough.
   *
   * @param batches - Normalised frames, `[batch, time, height, width, 3]` each; a generator may dispose each batch
   * when asked for the next.
   * @throws {@link ShapeError} or {@link ArgumentError} as {@link apply}, or if there is no batch; no statistics were
   * changed then.
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
        throw new ArgumentError('GsmRegNetY.measureStatistics: batches must hold at least one batch, got none.');
      }
      sum.assignAverages(this.#weights);
    } finally {
      sum.dispose();
    }
  }

  /**
   * A frozen copy for inference that has everything prepared once; the caller disposes it. Take a new one after
   * training went on.
   */
  inferenceModel(): InferenceBackbone {
    return new InferenceBackbone(this.config, this.#weightOf);
  }

  /**
   * A frozen copy that takes frames as they come and is not computed by tfjs: several times as fast on a processor, and its memory does not
   * grow with the clip. The caller disposes it. Take a new one after training went on.
   *
   * @param kernels - What to compute with: `await loadWasmKernels()` of `@mcore/backbone-stream`, or `loadNativeKernels()` of
   * `@mcore/backbone-stream/node`.
   */
  async streamingModel(kernels: StreamKernels): Promise<StreamingBackbone> {
    const weights = new Map<string, Float32Array>();
    for (const [name, variable] of this.#weights) weights.set(name, (await variable.data()) as Float32Array);
    return new StreamingBackbone(this.config, weights, kernels);
  }

  /**
   * The weights under PyTorch's names and in its layouts (convolutions `[outputs, inputs, height, width]`); running
   * statistics are variables that don't train. A new map, but the variables are this model's own: don't dispose them.
   */
  weights(): Map<string, tf.Variable> {
    return new Map(this.#weights);
  }

  /**
   * Sets all weights, from a checkpoint of this package or of the released code.
   *
   * @param tensors - Under PyTorch's names, with or without the released code's prefixes; `*.num_batches_tracked` is
   * ignored. Not disposed.
   * @throws WeightsError naming every missing, extra and misshapen tensor; nothing was changed then.
   */
  load(tensors: WeightMap): void {
    loadWeights('GsmRegNetY.load', this.#weights, tensors, { prefixes: PREFIXES });
  }

  /**
   * Sets all weights but the gate-shift modules', from a RegNet-Y of timm, which knows of no gate shifts: ImageNet
   * weights. The classifier is ignored.
   *
   * @param tensors - timm's state dict. Not disposed.
   * @throws WeightsError naming every missing, extra and misshapen tensor; nothing was changed then.
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
      throw new ArgumentError(`GsmRegNetY: ${name} must be a weight of a model that was not disposed, got none.`);
    }
    return weight;
  };
}
