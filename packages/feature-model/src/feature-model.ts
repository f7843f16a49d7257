import { ContrastiveRegressor } from '@mcore/contrastive-regressor';
import { constant, createVariables, disposeVariables, loadWeights, type WeightMap } from '@mcore/ops';
import { Random } from '@mcore/random';
import { BiGruSegmenter, decodeOrdered, type Logits, resampleStages } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
import { assertFeatureModelConfig, type FeatureModelConfig } from './config.js';
import { TemporalAdapter } from './temporal-adapter.js';

/** A deviation below this is a channel that says nothing; it is not blown up. */
const SMALLEST_DEVIATION = 1e-3;

/**
 * MCoRe without a backbone: features that are there already, or poses, pass an adapter along time and meet the method's segmenter and its
 * cross-attention regressor of score differences, one regressor a target.
 *
 * Source: An, Qi and Ma, "Multi-stage Contrastive Regression for Action Quality Assessment", ICASSP 2024, eq. 2, 9 and 10; the adapter is
 * ours.
 */
export class FeatureModel {
  readonly config: FeatureModelConfig;
  readonly adapter: TemporalAdapter;
  readonly segmenter: BiGruSegmenter | null;
  readonly regressors: readonly ContrastiveRegressor[];
  readonly #normalization: Map<string, tf.Variable>;

  /**
   * @param config - See `featureModelConfig`.
   * @param options - `seed` of the initial weights.
   * @throws {@link ArgumentError} if a part can't have such sizes.
   */
  constructor(config: FeatureModelConfig, options: { readonly seed: number | string }) {
    assertFeatureModelConfig(config);
    this.config = config;
    const { channels, width, stages, targets } = config;
    const made: { dispose(): void }[] = [];
    const keep = <T extends { dispose(): void }>(part: T): T => {
      made.push(part);
      return part;
    };
    try {
      this.adapter = keep(new TemporalAdapter(config, { seed: `${options.seed} adapter` }));
      this.segmenter =
        config.segmenter === null || stages === 1
          ? null
          : keep(
              new BiGruSegmenter(
                { ...config.segmenter, inputSize: width, transitions: stages - 1 },
                { seed: `${options.seed} segmenter` },
              ),
            );
      this.regressors = targets.map((target) =>
        keep(
          new ContrastiveRegressor(
            { ...config.regressor, featureSize: width },
            { seed: `${options.seed} regressor ${target}` },
          ),
        ),
      );
    } catch (error) {
      for (const part of made) part.dispose();
      throw error;
    }
    this.#normalization = createVariables(
      {
        'normalization.mean': { shape: [channels], initializer: constant(0), trainable: false },
        'normalization.deviation': { shape: [channels], initializer: constant(1), trainable: false },
      },
      0,
    );
  }

  /** Steps that a clip has after the adapter. */
  get encodedSteps(): number {
    return this.config.layers.reduce((time, { stride }) => Math.floor(time / stride), this.config.steps);
  }

  /**
   * Sets what features are normalised by, `(x - mean) / deviation`: from training clips alone.
   *
   * @param mean - Of every channel.
   * @param deviation - Of every channel; those below 0.001 are taken for 1.
   */
  setNormalization(mean: Float32Array, deviation: Float32Array): void {
    tf.tidy(() => {
      this.#normalization.get('normalization.mean')!.assign(tf.tensor1d(mean));
      const used = deviation.map((value) => (value < SMALLEST_DEVIATION ? 1 : value));
      this.#normalization.get('normalization.deviation')!.assign(tf.tensor1d(used));
    });
  }

  /**
   * Normalises and adapts features.
   *
   * @param features - `[batch, steps, channels]`.
   * @returns `[batch, encodedSteps, width]`; the caller disposes it.
   * @throws {@link ShapeError} if the features don't fit.
   */
  encode(features: tf.Tensor3D): tf.Tensor3D {
    this.adapter.assertFits('FeatureModel.encode', features);
    return tf.tidy(() => {
      const mean = this.#normalization.get('normalization.mean')!;
      const deviation = this.#normalization.get('normalization.deviation')!;
      return this.adapter.apply(tf.div(tf.sub(features, mean), deviation) as tf.Tensor3D);
    });
  }

  /**
   * Scores of every step for being a transition.
   *
   * @param encoded - `[batch, encodedSteps, width]`.
   * @param dropoutSeed - Given in training alone.
   * @returns `[batch, encodedSteps, stages - 1]`, or null without a segmenter; the caller disposes it.
   */
  transitionLogits(encoded: tf.Tensor3D, dropoutSeed?: string): tf.Tensor3D | null {
    if (dropoutSeed === undefined) return this.segmenter?.apply(encoded) ?? null;
    return this.segmenter?.apply(encoded, { training: true, random: new Random(dropoutSeed) }) ?? null;
  }

  /** The most likely transitions, ascending, in encoded steps; see `decodeOrdered` of `@mcore/segmenter`. */
  decode(logits: Logits): number[][] {
    return decodeOrdered(logits);
  }

  /**
   * Transitions of a clip in encoded steps.
   *
   * @param transitions - First steps of stages 2, 3, ... of a clip.
   * @param steps - Steps that the clip has.
   */
  encodedTransitions(transitions: readonly number[], steps: number): number[] {
    const used = transitions.slice(0, this.config.stages - 1);
    return used.map((step) => Math.min(this.encodedSteps - 1, Math.floor((step * this.encodedSteps) / steps)));
  }

  /**
   * Cuts encoded features at the transitions and resamples every stage.
   *
   * @param encoded - `[batch, encodedSteps, width]`.
   * @param transitions - Batch x (stages - 1), in encoded steps.
   * @returns `[batch, stages, stepsPerStage, width]`; the caller disposes it.
   */
  stageFeatures(encoded: tf.Tensor3D, transitions: readonly (readonly number[])[]): tf.Tensor4D {
    return resampleStages(encoded, transitions, this.config.stepsPerStage);
  }

  /**
   * Scores of the queries less the scores of the exemplars, in units of `config.scoreScales` points.
   *
   * @param query - `[batch, stages, stepsPerStage, width]`; a batch of 1 goes with every exemplar.
   * @param exemplar - Shaped likewise.
   * @returns `[batch, targets]`; the caller disposes it.
   */
  relativeScores(query: tf.Tensor4D, exemplar: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(
      () =>
        tf.stack(
          this.regressors.map((regressor) => regressor.apply(query, exemplar)),
          1,
        ) as tf.Tensor2D,
    );
  }

  /** All variables by PyTorch's names, in PyTorch's layouts, the normalization among them. */
  weights(): Map<string, tf.Variable> {
    const parts: [string, ReadonlyMap<string, tf.Variable>][] = [
      ['', this.#normalization],
      ['adapter.', this.adapter.weights()],
      ...(this.segmenter ? [['segmenter.', this.segmenter.weights()] as [string, Map<string, tf.Variable>]] : []),
      ...this.regressors.map(
        (regressor, index) =>
          [`regressors.${index}.`, regressor.weights()] as [string, ReadonlyMap<string, tf.Variable>],
      ),
    ];
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
  load(tensors: WeightMap): void {
    loadWeights('FeatureModel.load', this.weights(), tensors);
  }

  /** Frees all variables. */
  dispose(): void {
    this.adapter.dispose();
    this.segmenter?.dispose();
    for (const regressor of this.regressors) regressor.dispose();
    disposeVariables(this.#normalization);
  }
}
