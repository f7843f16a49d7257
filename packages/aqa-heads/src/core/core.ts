import type { WeightMap } from '@mcore/ops';
import * as tf from '@tensorflow/tfjs-core';
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
  QueryLabel,
  ScoredExemplar,
  TrainingBatch,
} from '../shared/head.js';
import { HeadWeights } from '../shared/head-weights.js';
import { Layers } from '../shared/layers.js';
import type { CoreConfig } from './config.js';
import { regressionTree, treeSpecs } from './regression-tree.js';

/**
 * CoRe: how much better a query is than an exemplar, by a regression tree over the mean features of both and the exemplar's score. Its
 * leaves are groups of differences; the position in the most likely group gives the difference.
 *
 * Source: Yu et al., "Group-aware Contrastive Regression for Action Quality Assessment", ICCV 2021, and the authors' released code.
 * 2,174,510 weights at 368 channels.
 */
export class CoreHead implements Head {
  readonly needs: HeadNeeds;
  readonly #layers: Layers;
  readonly #weights: HeadWeights;

  /** Use `createHead`, which checks the configuration. */
  constructor(
    readonly config: CoreConfig,
    seed: number | string,
  ) {
    const { inputSize, hidden, depth } = config;
    this.#layers = new Layers(treeSpecs({ inputs: 2 * inputSize + 1, hidden, depth }), seed);
    this.#weights = new HeadWeights('CoreHead', [['', this.#layers]]);
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

  loss(batch: TrainingBatch): HeadLosses {
    assertBatch('CoreHead.loss', batch, this.config.inputSize, this.needs);
    const { borders, form, target } = this.config;
    const [query, exemplar] = [batch.query, batch.exemplar!];
    const [ofQuery, ofExemplar] = [query, exemplar].map(({ labels }) => labels.map((label) => targetOf(label, target)));
    return tf.tidy(() => {
      const [q, e] = [tf.mean(query.features, 1), tf.mean(exemplar.features, 1)] as [tf.Tensor2D, tf.Tensor2D];
      const classification = form === 'paper' ? 'binary' : 'nll';
      const forward = this.#outputs(q, e, ofExemplar!);
      const reverse = this.#outputs(e, q, ofQuery!);
      return { ...pairGroupLosses([forward, reverse], [ofQuery!, ofExemplar!], borders, classification) };
    });
  }

  async encode(clips: ClipFeatures): Promise<EncodedClip[]> {
    assertFeatures('CoreHead.encode', clips, this.config.inputSize);
    return unstackEncoded(tf.mean(clips.features, 1));
  }

  async predict(query: EncodedClip & QueryLabel, exemplars: readonly ScoredExemplar[] = []): Promise<HeadPrediction> {
    const { target, borders } = this.config;
    assertDifficulty('CoreHead.predict', 'query', target, query.difficulty);
    assertExemplars('CoreHead.predict', query, exemplars, target);
    const known = exemplars.map((exemplar) => targetOf(exemplar, target));
    const outputs = tf.tidy(() => {
      const repeated = tf.tile(tf.tensor2d(query.values, [1, query.values.length]), [exemplars.length, 1]);
      return { ...this.#outputs(repeated as tf.Tensor2D, stackEncoded(exemplars) as tf.Tensor2D, known) };
    });
    const differences = await predictedDifferences(outputs, borders);
    tf.dispose([outputs.logProbabilities, outputs.positions]);
    return predictionOf(differences.map((value, index) => pointsOf(value + known[index]!, target, query.difficulty)));
  }

  dispose(): void {
    this.#weights.dispose();
  }

  /** Of pooled features of query and exemplar, `[pairs, channels]` each, and the exemplars' targets. */
  #outputs(query: tf.Tensor2D, exemplar: tf.Tensor2D, known: readonly number[]): GroupOutputs {
    const { range, depth, form } = this.config;
    const scores = tf.tensor2d(
      known.map((value) => value / range),
      [known.length, 1],
    );
    const outputs = regressionTree(this.#layers, tf.concat([exemplar, query, scores], 1), depth);
    return form === 'paper' ? { ...outputs, positions: tf.sigmoid(outputs.positions) } : outputs;
  }
}
