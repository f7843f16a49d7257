import { stageContrastiveLoss } from '@mcore/contrastive-loss';
import { ContrastiveRegressor } from '@mcore/contrastive-regressor';
import { constant, type WeightMap } from '@mcore/ops';
import { BiGruSegmenter, decodeOrdered, decodeWindowed, segmentationLoss } from '@mcore/segmenter';
import * as tf from '@tensorflow/tfjs-core';
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
import { Layers, linearSpecs, type Specs } from '../shared/layers.js';
import type { HpMcoreConfig } from './config.js';
import { overlappingStages } from './overlapping-stages.js';

/**
 * HP-MCoRe's RGB stream: MCoRe with overlapping stages of ten steps, layers of its own for every stage, a contrast of stage means and learned
 * stage weights. The pose stream, the second video stream and the splash masks are no part of it.
 *
 * Source: "HP-MCoRe", IEEE Transactions on Image Processing, 2025, from the authors' code (commit 6bce799); the segmenter is that of An et
 * al., "Multi-stage Contrastive Regression for Action Quality Assessment", ICASSP 2024. 4,171,092 weights and 1,630,978 of the segmenter at
 * 368 channels.
 */
export class HpMcoreHead implements Head {
  readonly needs: HeadNeeds;
  readonly #layers: Layers;
  readonly #segmenter: BiGruSegmenter;
  readonly #regressor: ContrastiveRegressor;
  readonly #weights: HeadWeights;

  /** Use `createHead`, which checks the configuration. */
  constructor(
    readonly config: HpMcoreConfig,
    seed: number | string,
  ) {
    const { inputSize, stages, segmenter, reducer, regressor } = config;
    this.#layers = new Layers(stageSpecs(config), seed);
    this.#segmenter = new BiGruSegmenter(
      { ...segmenter, inputSize, transitions: stages - 1 },
      { seed: `${seed} segmenter` },
    );
    this.#regressor = new ContrastiveRegressor(
      { ...regressor, featureSize: reducer.width },
      { seed: `${seed} regressor` },
    );
    this.#weights = new HeadWeights('HpMcoreHead', [
      ['', this.#layers],
      ['psnet_model._pred_fine.', this.#segmenter],
      ['res.', this.#regressor],
    ]);
    this.needs = {
      exemplars: true,
      transitions: true,
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

  loss(batch: TrainingBatch, { random }: LossOptions = {}): HeadLosses {
    assertBatch('HpMcoreHead.loss', batch, this.config.inputSize, this.needs);
    const { target, scoreScale, contrastive } = this.config;
    const [query, exemplar] = [batch.query, batch.exemplar!];
    const labels = [...query.labels, ...exemplar.labels];
    return tf.tidy(() => {
      const features = tf.concat([query.features, exemplar.features], 0) as tf.Tensor3D; // [2B, T, C]
      const logits = this.#segmenter.apply(features, random ? { training: true, random } : {});
      const segmentation = segmentationLoss(
        logits,
        labels.map(({ transitions }) => transitions!),
        { form: 'released' },
      );
      const stages = this.#stages(
        features,
        labels.map(({ cuts, transitions }) => cuts ?? transitions!),
      );
      const [q, e] = tf.split(stages, 2, 0) as [tf.Tensor4D, tf.Tensor4D];
      const differences = query.labels.map(
        (label, index) => (targetOf(label, target) - targetOf(exemplar.labels[index]!, target)) / scoreScale,
      );
      const truth = tf.tensor1d(differences);
      const forward = tf.mean(tf.square(tf.sub(this.#deltas(q, e), truth)));
      const reverse = tf.mean(tf.square(tf.add(this.#deltas(e, q), truth)));
      const regression = tf.add(forward, reverse) as tf.Scalar;
      const contrast = stageContrastiveLoss(q, e, { form: 'paper', ...contrastive });
      const total = tf.addN([regression, segmentation, contrast]) as tf.Scalar;
      return { total, regression, segmentation, contrastive: contrast };
    });
  }

  async encode(clips: ClipFeatures): Promise<EncodedClip[]> {
    assertFeatures('HpMcoreHead.encode', clips, this.config.inputSize);
    const logits = this.#segmenter.apply(clips.features);
    const values = await logits.array();
    logits.dispose();
    const transitions = this.config.decoding === 'ordered' ? decodeOrdered(values) : decodeWindowed(values);
    const encoded = await unstackEncoded(tf.tidy(() => this.#stages(clips.features, transitions)));
    return encoded.map((clip, index) => ({ ...clip, transitions: transitions[index]! }));
  }

  async predict(query: EncodedClip & QueryLabel, exemplars: readonly ScoredExemplar[] = []): Promise<HeadPrediction> {
    const { target, scoreScale } = this.config;
    assertDifficulty('HpMcoreHead.predict', 'query', target, query.difficulty);
    assertExemplars('HpMcoreHead.predict', query, exemplars, target);
    const deltas = tf.tidy(() =>
      this.#deltas(stackEncoded([query]) as tf.Tensor4D, stackEncoded(exemplars) as tf.Tensor4D),
    );
    const values = Array.from(await deltas.data());
    deltas.dispose();
    const votes = values.map((delta, index) =>
      pointsOf(delta * scoreScale + targetOf(exemplars[index]!, target), target, query.difficulty),
    );
    return predictionOf(votes);
  }

  dispose(): void {
    this.#weights.dispose();
  }

  /** Every stage's steps through its own layers, `[batch, stages, steps, width]`. */
  #stages(features: tf.Tensor3D, transitions: readonly (readonly number[])[]): tf.Tensor4D {
    const cut = tf.unstack(overlappingStages(features, transitions, this.config.stepsPerStage), 1);
    const reduced = cut.map((stage, index) => this.#layers.mlp(reducerNames(index), stage, 'relu'));
    return tf.stack(reduced, 1) as tf.Tensor4D;
  }

  /** Relative scores: every stage's mean, weighted by the learned weights. */
  #deltas(query: tf.Tensor4D, exemplar: tf.Tensor4D): tf.Tensor1D {
    const perStage = this.#regressor.applyPerStage(query, exemplar); // [B, S]
    const logits = Array.from({ length: this.config.stages }, (_, stage) => this.#layers.weight(weightName(stage)));
    return tf.sum(tf.mul(perStage, tf.softmax(tf.stack(logits))), 1) as tf.Tensor1D;
  }
}

const weightName = (stage: number) => `learning_par.${stage}.logit_scale`;
const reducerNames = (stage: number) => [0, 1].map((layer) => `res_dim_reducer.${stage}.layer${layer}`);

function stageSpecs({ inputSize, stages, reducer }: HpMcoreConfig): Specs {
  const perStage = Array.from({ length: stages }, (_, stage): Specs => {
    const [first, second] = reducerNames(stage) as [string, string];
    return {
      ...linearSpecs(first, inputSize, reducer.hidden),
      ...linearSpecs(second, reducer.hidden, reducer.width),
      [weightName(stage)]: { shape: [], initializer: constant(Math.LN2) }, // exp of it is the weight: 2 at first
    };
  });
  return Object.assign({}, ...perStage);
}
