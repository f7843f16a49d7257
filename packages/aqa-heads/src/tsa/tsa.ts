import { ContrastiveRegressor } from '@mcore/contrastive-regressor';
import type { WeightMap } from '@mcore/ops';
import { decodeWindowed, resampleStages, segmentationLoss } from '@mcore/segmenter';
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
  QueryLabel,
  ScoredExemplar,
  TrainingBatch,
} from '../shared/head.js';
import { HeadWeights } from '../shared/head-weights.js';
import { Layers } from '../shared/layers.js';
import { type TsaConfig, tokenSizeOf } from './config.js';
import { type SegmentedFrames, segmenterSpecs, segmentFrames } from './segmenter.js';
import { windowMeans } from './windows.js';

/** Tokens of a batch of clips by stage, and the logits of their transitions. */
interface StageTokens {
  /** What asks, `[batch, stages, steps, channels]`. */
  queries: tf.Tensor4D;
  /** What is asked: the same steps at every place, `[batch, stages, steps x places, channels]`. */
  keys: tf.Tensor4D;
}

/**
 * TSA: a segmenter finds the transitions; each step of a query's stage attends to the same stage of an exemplar at every place of its maps,
 * and an MLP scores the difference. Without maps the exemplar's own steps are attended to.
 *
 * Source: Xu et al., "FineDiving: A Fine-grained Dataset for Procedure-aware Action Quality Assessment", CVPR 2022, and the authors' code.
 * 689,615 weights at 368 channels, the projection to 1,024 included, which is ours: their features have 1,024 channels.
 */
export class TsaHead implements Head {
  readonly needs: HeadNeeds;
  readonly #layers: Layers;
  readonly #regressor: ContrastiveRegressor;
  readonly #weights: HeadWeights;

  /** Use `createHead`, which checks the configuration. */
  constructor(
    readonly config: TsaConfig,
    seed: number | string,
  ) {
    this.#layers = new Layers(segmenterSpecs(config), seed);
    this.#regressor = new ContrastiveRegressor(
      { ...config.regressor, featureSize: tokenSizeOf(config) },
      { seed: `${seed} regressor` },
    );
    this.#weights = new HeadWeights('TsaHead', [
      ['', this.#layers],
      ['', this.#regressor],
    ]);
    this.needs = {
      exemplars: true,
      transitions: true,
      awards: false,
      difficulty: config.target === 'quality',
      steps: false,
      maps: true,
      wholeBatch: config.normalization === 'batch',
    };
  }

  weights(): Map<string, tf.Variable> {
    return this.#weights.all();
  }

  load(map: WeightMap): void {
    this.#weights.load(map);
  }

  loss(batch: TrainingBatch): HeadLosses {
    assertBatch('TsaHead.loss', batch, this.config.inputSize, this.needs);
    const { target, scoreScale, stages, segmentationWeight } = this.config;
    const [query, exemplar] = [batch.query, batch.exemplar!];
    const labels = [...query.labels, ...exemplar.labels];
    return tf.tidy(() => {
      const features = tf.concat([query.features, exemplar.features], 0) as tf.Tensor3D; // [2B, T, C]
      const time = features.shape[1];
      const segmented = this.#segment(features, true);
      const maps = query.maps && exemplar.maps ? (tf.concat([query.maps, exemplar.maps], 0) as tf.Tensor5D) : undefined;
      const truth = labels.map(({ transitions }) => this.#toFrames(transitions!, time));
      const summed = segmentationLoss(segmented.logits, truth, { form: 'paper' });
      const segmentation = tf.mul(summed, segmentationWeight / (stages - 1)) as tf.Scalar; // a mean over transitions too
      const cuts = labels.map((label, index) => (label.cuts ? this.#toFrames(label.cuts, time) : truth[index]!));
      const tokens = this.#tokens(segmented.frames, maps, cuts, true);
      const [qq, eq] = tf.split(tokens.queries, 2, 0) as [tf.Tensor4D, tf.Tensor4D];
      const [qk, ek] = tf.split(tokens.keys, 2, 0) as [tf.Tensor4D, tf.Tensor4D];
      const differences = query.labels.map(
        (label, index) => (targetOf(label, target) - targetOf(exemplar.labels[index]!, target)) / scoreScale,
      );
      const expected = tf.tensor1d(differences);
      const forward = tf.mean(tf.square(tf.sub(this.#regressor.apply(qq, ek), expected)));
      const reverse = tf.mean(tf.square(tf.add(this.#regressor.apply(eq, qk), expected)));
      const regression = tf.add(forward, reverse) as tf.Scalar;
      return { total: tf.add(regression, segmentation) as tf.Scalar, regression, segmentation };
    });
  }

  async encode(clips: ClipFeatures): Promise<EncodedClip[]> {
    assertFeatures('TsaHead.encode', clips, this.config.inputSize);
    const time = clips.features.shape[1];
    const { frames, logits } = tf.tidy(() => ({ ...this.#segment(clips.features, false) }));
    const found = decodeWindowed((await logits.array()) as number[][][]);
    const encoded = await unstackEncoded(
      tf.tidy(() => {
        const { queries, keys } = this.#tokens(frames, clips.maps, found, false);
        return tf.concat([queries, keys], 2); // [B, S, L + L P, D]
      }),
    );
    tf.dispose([frames, logits]);
    return encoded.map((clip, index) => ({
      ...clip,
      transitions: found[index]!.map((frame) => Math.floor((frame * time) / this.config.frames)),
    }));
  }

  async predict(query: EncodedClip & QueryLabel, exemplars: readonly ScoredExemplar[] = []): Promise<HeadPrediction> {
    const { target, scoreScale, stepsPerStage } = this.config;
    assertDifficulty('TsaHead.predict', 'query', target, query.difficulty);
    assertExemplars('TsaHead.predict', query, exemplars, target);
    const deltas = tf.tidy(() => {
      const queries = tf.slice(stackEncoded([query]), [0, 0, 0, 0], [-1, -1, stepsPerStage, -1]) as tf.Tensor4D;
      const keys = tf.slice(stackEncoded(exemplars), [0, 0, stepsPerStage, 0], [-1, -1, -1, -1]) as tf.Tensor4D;
      return this.#regressor.apply(queries, keys);
    });
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

  /** Frames of a clip as frames of the segmenter. */
  #toFrames(transitions: readonly number[], time: number): number[] {
    return transitions.map((frame) => Math.floor((frame * this.config.frames) / time));
  }

  #segment(features: tf.Tensor3D, training: boolean): SegmentedFrames {
    const { windows, windowLength } = this.config;
    const projected = this.#layers.linear('projection', windowMeans(features, windows, windowLength));
    return segmentFrames(this.#layers, this.config, projected, training);
  }

  #tokens(
    frames: tf.Tensor3D,
    maps: tf.Tensor5D | undefined,
    cuts: readonly (readonly number[])[],
    training: boolean,
  ): StageTokens {
    const { stepsPerStage: steps, stages } = this.config;
    const queries = resampleStages(frames, cuts, steps);
    if (maps === undefined) return { queries, keys: queries };
    const atPlaces = this.#segmentPlaces(maps, training); // [B, F, D, P]
    const [batch, count, size, places] = atPlaces.shape;
    const flat = tf.reshape(atPlaces, [batch, count, size * places]) as tf.Tensor3D;
    const cut = tf.reshape(resampleStages(flat, cuts, steps), [batch, stages, steps, size, places]);
    const keys = tf.reshape(tf.transpose(cut, [0, 1, 2, 4, 3]), [batch, stages, steps * places, size]) as tf.Tensor4D;
    return { queries, keys };
  }

  /**
   * The segmenter's frames at every place of the maps, `[batch, frames, channels, places]`. The released code reshapes `[windows, channels,
   * places]` to `[places, windows, channels]` and back without a transpose, so that its places are slices of windows and channels.
   */
  #segmentPlaces(maps: tf.Tensor5D, training: boolean): tf.Tensor4D {
    const { windows, windowLength, projection, frames, form } = this.config;
    const [batch, time, height, width, channels] = maps.shape;
    const places = height * width;
    const flat = tf.reshape(maps, [batch, time, places * channels]) as tf.Tensor3D;
    const means = tf.reshape(windowMeans(flat, windows, windowLength), [batch, windows, places, channels]);
    const projected = this.#layers.linear('projection', means); // [B, W, P, D]
    const order = form === 'paper' ? [0, 2, 1, 3] : [0, 1, 3, 2];
    const rows = tf.reshape(tf.transpose(projected, order), [batch * places, windows, projection]) as tf.Tensor3D;
    const segmented = segmentFrames(this.#layers, this.config, rows, training).frames; // [B P, F, D]
    const size = segmented.shape[2];
    if (form === 'released') return tf.reshape(segmented, [batch, frames, size, places]);
    return tf.transpose(tf.reshape(segmented, [batch, places, frames, size]), [0, 2, 3, 1]) as tf.Tensor4D;
  }
}
