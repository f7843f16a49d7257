import type { WeightMap } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
import { attentionLosses } from '../attention/attention-losses.js';
import { type GroupOutputs, predictedDifferences } from '../groups/group-losses.js';
import { pairGroupLosses } from '../groups/pair-losses.js';
import {
  assertBatch,
  assertDifficulty,
  assertExemplars,
  assertFeatures,
  pointsOf,
  predictionOf,
  stackEncoded,
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
  LossOptions,
  QueryLabel,
  ScoredExemplar,
  TrainingBatch,
} from '../shared/head.js';
import { HeadWeights } from '../shared/head-weights.js';
import { dropoutOf, Layers, linearSpecs, type Specs } from '../shared/layers.js';
import type { TptConfig } from './config.js';
import { decodeParts, decoderSpecs } from './part-decoder.js';

/**
 * TPT: learned queries parse a clip into parts, whose order and narrowness in time the loss asks for; an MLP compares the parts of query and
 * exemplar, and the difference is a position in one of CoRe's groups.
 *
 * Source: Bai et al., "Action Quality Assessment with Temporal Parsing Transformer", ECCV 2022, and the authors' released code. 4,312,866
 * weights at 368 channels.
 */
export class TptHead implements Head {
  readonly needs: HeadNeeds;
  readonly #layers: Layers;
  readonly #weights: HeadWeights;

  /** Use `createHead`, which checks the configuration. */
  constructor(
    readonly config: TptConfig,
    seed: number | string,
  ) {
    this.#layers = new Layers({ ...decoderSpecs(config), ...scoreSpecs(config) }, seed);
    this.#weights = new HeadWeights('TptHead', [['', this.#layers]]);
    this.needs = {
      exemplars: true,
      transitions: false,
      awards: false,
      difficulty: config.target === 'quality',
      steps: false,
      maps: false,
      wholeBatch: true,
    };
  }

  weights(): Map<string, tf.Variable> {
    return this.#weights.all();
  }

  load(map: WeightMap): void {
    this.#weights.load(map);
  }

  loss(batch: TrainingBatch, { random }: LossOptions = {}): HeadLosses {
    assertBatch('TptHead.loss', batch, this.config.inputSize, this.needs);
    const { target, borders, ranking, sparsityWeight, parts: count } = this.config;
    const [query, exemplar] = [batch.query, batch.exemplar!];
    const targets = [query, exemplar].map(({ labels }) => labels.map((label) => targetOf(label, target)));
    return tf.tidy(() => {
      const drop = dropoutOf(random);
      const features = tf.concat([query.features, exemplar.features], 0) as tf.Tensor3D; // [2B, T, C]
      const { parts, attention } = decodeParts(this.#layers, this.config, features, drop);
      const [q, e] = tf.split(parts, 2, 0) as [tf.Tensor3D, tf.Tensor3D];
      const outputs = [this.#outputs(q, e, drop), this.#outputs(e, q, drop)] as const;
      const pairs = pairGroupLosses(outputs, [targets[0]!, targets[1]!], borders, 'nll');
      const everyPart = Array.from({ length: features.shape[0] }, () => Array.from({ length: count }, (_, k) => k));
      const margin = ranking.margin * features.shape[1];
      const ofLayers = attention.map((weights) => attentionLosses(weights, { order: everyPart, margin }));
      // as released, the terms of successive parts are added up, not averaged
      const orders = ofLayers.map(({ order, ends }) => tf.add(tf.mul(order, count - 1), ends));
      const rankingLoss = tf.mul(tf.addN(orders), ranking.weight) as tf.Scalar;
      const sparsity = tf.mul(tf.addN(ofLayers.map(({ spread }) => spread)), sparsityWeight) as tf.Scalar;
      const total = tf.addN([pairs.total, rankingLoss, sparsity]) as tf.Scalar;
      return {
        total,
        classification: pairs.classification,
        regression: pairs.regression,
        ranking: rankingLoss,
        sparsity,
      };
    });
  }

  async encode(clips: ClipFeatures): Promise<EncodedClip[]> {
    assertFeatures('TptHead.encode', clips, this.config.inputSize);
    return unstackEncoded(
      tf.tidy(() => decodeParts(this.#layers, this.config, clips.features, dropoutOf(undefined)).parts),
    );
  }

  async predict(query: EncodedClip & QueryLabel, exemplars: readonly ScoredExemplar[] = []): Promise<HeadPrediction> {
    const { target, borders } = this.config;
    assertDifficulty('TptHead.predict', 'query', target, query.difficulty);
    assertExemplars('TptHead.predict', query, exemplars, target);
    const outputs = tf.tidy(() => {
      const repeated = tf.tile(stackEncoded([query]), [exemplars.length, 1, 1]) as tf.Tensor3D;
      return { ...this.#outputs(repeated, stackEncoded(exemplars) as tf.Tensor3D, dropoutOf(undefined)) };
    });
    const differences = await predictedDifferences(outputs, borders);
    tf.dispose([outputs.logProbabilities, outputs.positions]);
    const votes = differences.map((value, index) =>
      pointsOf(value + targetOf(exemplars[index]!, target), target, query.difficulty),
    );
    return predictionOf(votes);
  }

  dispose(): void {
    this.#weights.dispose();
  }

  /** Of parts of query and exemplar, `[pairs, parts, width]` each. */
  #outputs(query: tf.Tensor3D, exemplar: tf.Tensor3D, drop: ReturnType<typeof dropoutOf>): GroupOutputs {
    const both = tf.concat([exemplar, query], 2) as tf.Tensor3D; // [B, K, 2D]
    const inner = drop(this.#layers.linear('pair_encoder.mlp.0', both, 'relu'), this.config.dropout);
    const pairs = tf.mean(this.#layers.linear('pair_encoder.mlp.3', inner), 1) as tf.Tensor2D; // [B, D]
    return {
      logProbabilities: tf.logSoftmax(this.#layers.mlp(['cls.0', 'cls.2'], pairs)),
      positions: tf.sigmoid(this.#layers.mlp(['reg.0', 'reg.2'], pairs)),
    };
  }
}

function scoreSpecs({ width, scoreHidden, depth }: TptConfig): Specs {
  const leaves = 2 ** (depth - 1);
  return {
    ...linearSpecs('pair_encoder.mlp.0', 2 * width, width),
    ...linearSpecs('pair_encoder.mlp.3', width, width),
    ...linearSpecs('cls.0', width, scoreHidden),
    ...linearSpecs('cls.2', scoreHidden, leaves),
    ...linearSpecs('reg.0', width, scoreHidden),
    ...linearSpecs('reg.2', scoreHidden, leaves),
  };
}
