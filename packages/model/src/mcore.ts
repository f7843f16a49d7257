import { GsmRegNetY } from '@mcore/backbone-gsm';
import { ContrastiveRegressor } from '@mcore/contrastive-regressor';
import { loadWeights, normalizeFrames } from '@mcore/ops';
import { Random } from '@mcore/random';
import { BiGruSegmenter, decodeOrdered, decodeWindowed, type Logits, resampleStages } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
import type { MCoReConfig } from './config.js';
import type { StageShape } from './exemplar-bank.js';

/** Prefix of each part's tensors, as the released checkpoints nest them. */
const PREFIXES = { backbone: 'base_model._features.', segmenter: 'psnet_model._pred_fine.', regressor: '' } as const;

/**
 * MCoRe: RegNet-Y with gate shifts, a Bi-GRU that finds the transitions, stage features, and a cross-attention regressor
 * of the score difference to an exemplar.
 *
 * Source: An, Qi and Ma, "Multi-stage Contrastive Regression for Action Quality Assessment", ICASSP 2024.
 */
export class MCoRe {
  readonly config: MCoReConfig;
  readonly backbone: GsmRegNetY;
  readonly segmenter: BiGruSegmenter;
  readonly regressor: ContrastiveRegressor;

  /**
   * @param config - A preset or a changed copy of one.
   * @param options - `seed` of the initial weights.
   * @throws {@link ArgumentError} if a part can't have such sizes.
   */
  constructor(config: MCoReConfig, options: { seed: number | string }) {
    this.config = config;
    this.backbone = new GsmRegNetY(config.backbone, { seed: `${options.seed} backbone` });
    const featureSize = this.backbone.featureSize;
    const made: { dispose(): void }[] = [this.backbone];
    try {
      this.segmenter = new BiGruSegmenter(
        { ...config.segmenter, inputSize: featureSize, transitions: config.stages - 1 },
        { seed: `${options.seed} segmenter` },
      );
      made.push(this.segmenter);
      this.regressor = new ContrastiveRegressor(
        { ...config.regressor, featureSize },
        { seed: `${options.seed} regressor` },
      );
    } catch (error) {
      for (const part of made) part.dispose();
      throw error;
    }
  }

  /**
   * Frame features F(V).
   *
   * @param frames - RGB values 0..255, `[batch, time, height, width, 3]`.
   * @returns `[batch, time, channels]`; the caller disposes it.
   */
  features(frames: tf.Tensor5D): tf.Tensor3D {
    return tf.tidy(() => this.backbone.apply(normalizeFrames(frames) as tf.Tensor5D));
  }

  /**
   * Scores of every frame for being a transition, before any softmax.
   *
   * @param features - `[batch, time, channels]`.
   * @param dropoutSeed - Given in training alone: seeds the dropout between GRU and linear layer.
   * @returns `[batch, time, transitions]`; the caller disposes it.
   */
  transitionLogits(features: tf.Tensor3D, dropoutSeed?: string): tf.Tensor3D {
    if (dropoutSeed === undefined) return this.segmenter.apply(features);
    return this.segmenter.apply(features, { training: true, random: new Random(dropoutSeed) });
  }

  /**
   * The most likely transitions, by the decoding of the configuration.
   *
   * They may be 0: where stages are cut 0 counts as 1 ({@link stageFeatures}), where transitions are compared it stays 0, both as
   * in the released code.
   *
   * @param logits - `[batch, time, transitions]`: a tensor (read synchronously, which webgpu can't do in Node), or `await logits.array()`.
   * @returns Batch x transitions frame indices.
   */
  decode(logits: Logits): number[][] {
    return this.config.decoding === 'ordered' ? decodeOrdered(logits) : decodeWindowed(logits);
  }

  /**
   * Cuts features at the transitions and resamples every stage.
   *
   * @param features - `[batch, time, channels]`.
   * @param transitions - Batch x transitions frame indices.
   * @returns `[batch, stages, steps, channels]`; the caller disposes it.
   */
  stageFeatures(features: tf.Tensor3D, transitions: readonly (readonly number[])[]): tf.Tensor4D {
    return resampleStages(features, transitions, this.config.stepsPerStage);
  }

  /**
   * What the regressor works on: the stages ({@link stageFeatures}), or, where the configuration is not `stagewise`, the whole clip
   * resampled to as many steps as all stages have together.
   *
   * @param features - `[batch, time, channels]`.
   * @param transitions - Batch x transitions frame indices.
   * @returns Shaped as {@link regressionShape} says, after the batch; the caller disposes it.
   */
  regressionFeatures(features: tf.Tensor3D, transitions: readonly (readonly number[])[]): tf.Tensor4D {
    if (this.config.stagewise) return this.stageFeatures(features, transitions);
    const uncut = transitions.map(() => []);
    return resampleStages(features, uncut, this.config.stages * this.config.stepsPerStage);
  }

  /** Sizes of one clip's {@link regressionFeatures}. */
  get regressionShape(): StageShape {
    const { stages, stepsPerStage, stagewise } = this.config;
    const channels = this.backbone.featureSize;
    return stagewise
      ? { stages, steps: stepsPerStage, channels }
      : { stages: 1, steps: stages * stepsPerStage, channels };
  }

  /**
   * The score of the query less the score of the exemplar, in units of `config.scoreScale` points.
   *
   * @param query - `[batch, stages, steps, channels]`.
   * @param exemplar - Shaped like `query`.
   * @returns `[batch]`; the caller disposes it.
   */
  relativeScore(query: tf.Tensor4D, exemplar: tf.Tensor4D): tf.Tensor1D {
    return this.regressor.apply(query, exemplar);
  }

  /**
   * The score itself, in units of `config.scoreScale` points, of an exemplar-free model: the regressor's layers with the query's own
   * features in the exemplar's place, which makes its cross-attention self-attention.
   *
   * @param query - `[batch, stages, steps, channels]`.
   * @returns `[batch]`; the caller disposes it.
   */
  ownScore(query: tf.Tensor4D): tf.Tensor1D {
    return this.regressor.apply(query, query);
  }

  /**
   * Sets the bias of the regressor's last layer to a mean score, so that an exemplar-free model starts with what labels alone say
   * and learns what is above or below it; where scores are differences the mean is 0 already.
   *
   * @param score - In points.
   */
  startFromScore(score: number): void {
    const last = `regressor_delta.layer${this.config.regressor.hidden.length + 1}.bias`;
    tf.tidy(() =>
      this.regressor
        .weights()
        .get(last)!
        .assign(tf.tensor1d([score / this.config.scoreScale])),
    );
  }

  /** All variables under the names of the released checkpoints, in PyTorch's layouts. */
  weights(): Map<string, tf.Variable> {
    const parts = [
      [PREFIXES.backbone, this.backbone.weights()],
      [PREFIXES.segmenter, this.segmenter.weights()],
      [PREFIXES.regressor, this.regressor.weights()],
    ] as const;
    return new Map(
      parts.flatMap(([prefix, weights]) => [...weights].map(([name, variable]) => [prefix + name, variable] as const)),
    );
  }

  /**
   * Replaces all weights.
   *
   * @param tensors - Under the names and in the layouts of {@link weights}; not disposed.
   * @throws {@link WeightsError} naming every missing, extra and misshapen tensor; nothing is changed then.
   */
  load(tensors: ReadonlyMap<string, tf.Tensor> | Readonly<Record<string, tf.Tensor>>): void {
    loadWeights('MCoRe.load', this.weights(), tensors, { prefixes: ['module.'] });
  }

  /** Frees all variables. */
  dispose(): void {
    this.backbone.dispose();
    this.segmenter.dispose();
    this.regressor.dispose();
  }
}

/** True for the tensors of the backbone, which has a learning rate of its own. */
export function isBackboneWeight(name: string): boolean {
  return name.startsWith(PREFIXES.backbone);
}
