import type { WeightMap } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import {
  assertBatch,
  assertDifficulty,
  assertFeatures,
  pointsOf,
  targetOf,
  unstackEncoded,
} from '../shared/batches.js';
import type {
  ClipFeatures,
  EncodedClip,
  Head,
  HeadLosses,
  HeadNeeds,
  HeadPrediction,
  QueryLabel,
  TrainingBatch,
} from '../shared/head.js';
import { HeadWeights } from '../shared/head-weights.js';
import { Layers, linearSpecs, type Specs } from '../shared/layers.js';
import type { UsdlConfig } from './config.js';
import { expectedScore, labelDistribution, labelDivergence, mostLikelyScore, type ScoreBins } from './score-bins.js';

/**
 * USDL: an MLP on the mean of a clip's features predicts a distribution over score bins, learned from Gaussian labels.
 *
 * Source: Tang et al., "Uncertainty-aware Score Distribution Learning for Action Quality Assessment", CVPR 2020; sizes from the
 * authors' released code (MUSDL, 2020). 140,389 weights at 368 channels.
 */
export class UsdlHead implements Head {
  readonly needs: HeadNeeds;
  readonly #layers: Layers;
  readonly #weights: HeadWeights;
  readonly #bins: ScoreBins;

  /** Use `createHead`, which checks the configuration. */
  constructor(
    readonly config: UsdlConfig,
    seed: number | string,
  ) {
    this.#layers = new Layers(scoreMlpSpecs('evaluator', config.inputSize, config.hidden, config.bins), seed);
    this.#weights = new HeadWeights('UsdlHead', [['', this.#layers]]);
    this.#bins = { count: config.bins, range: config.range, sigma: config.sigma };
    this.needs = {
      exemplars: false,
      transitions: false,
      awards: false,
      difficulty: config.target === 'quality',
      steps: false,
      maps: false,
      wholeBatch: false,
    };
  }

  weights(): Map<string, tf.Variable> {
    return this.#weights.all();
  }

  load(map: WeightMap): void {
    this.#weights.load(map);
  }

  loss(batch: TrainingBatch): HeadLosses {
    assertBatch('UsdlHead.loss', batch, this.config.inputSize, this.needs);
    const { features, labels } = batch.query;
    return tf.tidy(() => {
      const distributions = labels.map((label) => labelDistribution(targetOf(label, this.config.target), this.#bins));
      const logits = this.#logits(tf.mean(features, 1));
      const mean = this.config.form === 'released' ? 'elements' : 'batch';
      return { total: labelDivergence(distributions, logits, mean) };
    });
  }

  async encode(clips: ClipFeatures): Promise<EncodedClip[]> {
    assertFeatures('UsdlHead.encode', clips, this.config.inputSize);
    return unstackEncoded(tf.mean(clips.features, 1));
  }

  async predict(query: EncodedClip & QueryLabel): Promise<HeadPrediction> {
    const { target, prediction } = this.config;
    assertDifficulty('UsdlHead.predict', 'query', target, query.difficulty);
    const probabilities = tf.tidy(() => tf.softmax(this.#logits(tf.tensor2d(query.values, [1, query.values.length]))));
    const values = await probabilities.data();
    probabilities.dispose();
    const value = (prediction === 'argmax' ? mostLikelyScore : expectedScore)(values, this.#bins);
    return { score: pointsOf(value, target, query.difficulty), spread: 0, votes: [] };
  }

  dispose(): void {
    this.#weights.dispose();
  }

  /** Of pooled features, `[batch, channels]` to `[batch, bins]`. */
  #logits(pooled: tf.Tensor): tf.Tensor2D {
    return this.#layers.mlp(scoreMlpNames('evaluator', this.config.hidden), pooled as tf.Tensor2D);
  }
}

/** Weights of an MLP of USDL or MUSDL. */
export function scoreMlpSpecs(prefix: string, inputs: number, hidden: readonly number[], outputs: number): Specs {
  const widths = [inputs, ...hidden, outputs];
  const layers = scoreMlpNames(prefix, hidden).map((name, layer) =>
    linearSpecs(name, widths[layer]!, widths[layer + 1]!),
  );
  return Object.assign({}, ...layers);
}

/** Names of its layers, from the first to the last. */
export function scoreMlpNames(prefix: string, hidden: readonly number[]): string[] {
  return Array.from({ length: hidden.length + 1 }, (_, layer) => `${prefix}.layer${layer + 1}`);
}
