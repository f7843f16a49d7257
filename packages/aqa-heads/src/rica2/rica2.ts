import { ArgumentError } from '@mcore/errors';
import type { WeightMap } from '@mcore/ops';
import { Random } from '@mcore/random';
import * as tf from '@tensorflow/tfjs-core';
import { attentionLosses } from '../attention/attention-losses.js';
import { assertBatch, assertDifficulty, assertFeatures, stackEncoded } from '../shared/batches.js';
import type {
  ClipFeatures,
  EncodedClip,
  Head,
  HeadLosses,
  HeadNeeds,
  HeadPrediction,
  LossOptions,
  QueryLabel,
  TrainingBatch,
} from '../shared/head.js';
import { HeadWeights } from '../shared/head-weights.js';
import { dropoutOf, Layers } from '../shared/layers.js';
import { bottleneckWeight, type Rica2Config } from './config.js';
import { decoderSpecs, decodeSteps } from './decoder.js';
import { encodeFrames, encoderSpecs } from './encoder.js';
import { type Noise, noiseOf } from './residual.js';
import { rubricSpecs, type StepDistributions, scoreByRubric, stepDistributions } from './rubric.js';
import { meanVariance, stepDivergence } from './uncertainty.js';

/**
 * RICA2: queries for the steps of an action find them in time, a rubric of step groups turns them into quality, and quality times
 * difficulty is the score. The stochastic variant makes every step a normal distribution and says how unsure it is.
 *
 * Source: Majeedi et al., "RICA2: Rubric-Informed, Calibrated Assessment of Actions", ECCV 2024, and the authors' code (MIT). 11,906,561
 * weights at 368 channels with learned queries, stochastic.
 */
export class Rica2Head implements Head {
  readonly needs: HeadNeeds = {
    exemplars: false,
    transitions: false,
    awards: false,
    difficulty: true,
    steps: true,
    maps: false,
    wholeBatch: true,
  };
  readonly #layers: Layers;
  readonly #weights: HeadWeights;

  /** Use `createHead`, which checks the configuration. */
  constructor(
    readonly config: Rica2Config,
    seed: number | string,
  ) {
    this.#layers = new Layers({ ...encoderSpecs(config), ...decoderSpecs(config), ...rubricSpecs(config) }, seed);
    this.#weights = new HeadWeights('Rica2Head', [['', this.#layers]]);
  }

  weights(): Map<string, tf.Variable> {
    return this.#weights.all();
  }

  load(map: WeightMap): void {
    this.#weights.load(map);
  }

  loss(batch: TrainingBatch, { random, epoch = 0 }: LossOptions = {}): HeadLosses {
    assertBatch('Rica2Head.loss', batch, this.config.inputSize, this.needs);
    const { features, labels } = batch.query;
    const present = labels.map(({ steps }, index) => this.#checkedSteps('Rica2Head.loss', steps, index));
    const { ranking, sparsityWeight, bottleneck, heads } = this.config;
    return tf.tidy(() => {
      const noise = noiseOf(random, this.config);
      const { distributions, attention } = this.#steps(features, present, noise, noise.drop);
      const difficulties = tf.tensor1d(labels.map(({ difficulty }) => difficulty!));
      const truth = tf.tensor1d(labels.map(({ score }) => score));
      const quality = scoreByRubric(this.#layers, this.config, sampled(distributions, random), present);
      const regression = tf.mean(tf.square(tf.sub(tf.mul(quality, difficulties), truth))) as tf.Scalar;
      // every head of every layer counts alike
      const order = present.flatMap((slots) => Array.from({ length: heads }, () => slots));
      const margin = ranking.margin * features.shape[1];
      const ofLayers = attention.map((weights) => {
        const [clips, , slots, time] = weights.shape;
        const rows = tf.reshape(weights, [clips * heads, slots, time]) as tf.Tensor3D;
        return attentionLosses(rows, { order, margin });
      });
      const meanOf = (parts: tf.Tensor[]) => tf.div(tf.addN(parts), parts.length);
      const orders = meanOf(ofLayers.map(({ order: pairs, ends }) => tf.add(pairs, ends)));
      const rankingLoss = tf.mul(orders, ranking.weight) as tf.Scalar;
      const sparsity = tf.mul(meanOf(ofLayers.map(({ spread }) => spread)), sparsityWeight) as tf.Scalar;
      const parts: Record<string, tf.Scalar> = { regression, ranking: rankingLoss, sparsity };
      if (distributions.variance !== null) {
        const divergence = stepDivergence(distributions.mean, distributions.variance, this.#presence(present));
        parts.bottleneck = tf.mul(divergence, bottleneckWeight(bottleneck, epoch)) as tf.Scalar;
      }
      return { total: tf.addN(Object.values(parts)) as tf.Scalar, ...parts };
    });
  }

  async encode(clips: ClipFeatures, labels: readonly QueryLabel[] = []): Promise<EncodedClip[]> {
    assertFeatures('Rica2Head.encode', clips, this.config.inputSize);
    const batch = clips.features.shape[0];
    const present = Array.from({ length: batch }, (_, index) =>
      this.#checkedSteps('Rica2Head.encode', labels[index]?.steps, index),
    );
    // the released code makes its first dropout anew in every pass, so that it acts in tests too
    const still = dropoutOf(this.config.form === 'released' ? new Random('rica2 encode') : undefined);
    const [values, deviation] = tf.tidy(() => {
      const noise = noiseOf(undefined, this.config);
      const { mean, variance } = this.#steps(clips.features, present, noise, still).distributions;
      if (variance === null) return [mean];
      return [tf.concat([mean, variance], 2), tf.sqrt(meanVariance(variance, this.#presence(present)))]; // [B, slots, 2H], [B, H]
    }) as [tf.Tensor3D, tf.Tensor2D?];
    const [flat, deviations] = await Promise.all([values.data(), deviation?.array()]);
    const [, ...shape] = values.shape as [number, number, number];
    tf.dispose(deviation === undefined ? [values] : [values, deviation]);
    const size = shape[0]! * shape[1]!;
    return Array.from({ length: batch }, (_, index) => ({
      values: (flat as Float32Array).slice(index * size, (index + 1) * size),
      shape,
      ...(deviations ? { uncertainty: harmonicMean((deviations as number[][])[index]!) } : {}),
    }));
  }

  async predict(query: EncodedClip & QueryLabel): Promise<HeadPrediction> {
    assertDifficulty('Rica2Head.predict', 'query', 'quality', query.difficulty);
    const steps = this.#checkedSteps('Rica2Head.predict', query.steps, 0);
    const { variant, samples } = this.config;
    const count = variant === 'deterministic' ? 0 : samples;
    const qualities = tf.tidy(() => {
      const encoded = stackEncoded([query]) as tf.Tensor3D;
      if (variant === 'deterministic') return scoreByRubric(this.#layers, this.config, encoded, [steps]);
      const [mean, variance] = tf.split(encoded, 2, 2) as [tf.Tensor3D, tf.Tensor3D];
      if (count === 0) return scoreByRubric(this.#layers, this.config, mean, [steps]);
      const draws = Array.from({ length: count }, (_, sample) =>
        sampled({ mean, variance }, Random.for('rica2 predict', sample)),
      );
      const repeated = Array.from({ length: count }, () => steps);
      return scoreByRubric(this.#layers, this.config, tf.concat(draws, 0) as tf.Tensor3D, repeated);
    });
    const values = Array.from(await qualities.data());
    qualities.dispose();
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { score: mean * query.difficulty!, spread: 0, votes: [] };
  }

  dispose(): void {
    this.#weights.dispose();
  }

  #steps(
    features: tf.Tensor3D,
    present: readonly (readonly number[])[],
    noise: Noise,
    convolutionDrop: Noise['drop'],
  ): { distributions: StepDistributions; attention: readonly tf.Tensor4D[] } {
    const frames = encodeFrames(this.#layers, this.config, features, noise, convolutionDrop);
    const { steps, attention } = decodeSteps(this.#layers, this.config, frames, this.#presence(present), noise);
    return { distributions: stepDistributions(this.#layers, this.config, steps), attention };
  }

  /** 1 for the steps a clip has, `[batch, slots, 1]`. */
  #presence(present: readonly (readonly number[])[]): tf.Tensor3D {
    const { slots } = this.config;
    const values = new Float32Array(present.length * slots);
    for (const [clip, steps] of present.entries()) for (const slot of steps) values[clip * slots + slot] = 1;
    return tf.tensor3d(values, [present.length, slots, 1]);
  }

  #checkedSteps(caller: string, steps: readonly number[] | undefined, clip: number): number[] {
    const { slots } = this.config;
    const isValid = steps?.every((slot) => Number.isInteger(slot) && slot >= 0 && slot < slots);
    if (!isValid || steps!.length === 0) {
      throw new ArgumentError(
        `${caller}: expected steps, at least one slot in 0 .. ${slots - 1}, got ${JSON.stringify(steps)} for clip ${clip}. diveSteps gives those of a dive number.`,
      );
    }
    return [...new Set(steps)].sort((a, b) => a - b);
  }
}

/** One sample of every step; the means without variance or random numbers. */
function sampled({ mean, variance }: StepDistributions, random: Random | undefined): tf.Tensor3D {
  if (variance === null || random === undefined) return mean;
  const draws = Random.for(random.bits(), 'sample');
  const noise = Float32Array.from({ length: mean.size }, () => draws.normal());
  return tf.add(mean, tf.mul(tf.sqrt(variance), tf.tensor(noise, mean.shape))) as tf.Tensor3D;
}

function harmonicMean(values: readonly number[]): number {
  return values.length / values.reduce((sum, value) => sum + 1 / value, 0);
}
