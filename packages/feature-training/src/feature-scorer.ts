import type { FeatureClip, FeatureSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { FeatureModel, type FeatureModelConfig } from '@mcore/feature-model';
import * as tf from '@tensorflow/tfjs-core';
import { FeatureInput, type InputTransform } from './feature-input.js';
import {
  loadNetwork,
  networkTensors,
  type PlainTransform,
  plainTransform,
  type ScorerState,
  transformOf,
} from './scorer-state.js';

/** Clips encoded at once. */
const ENCODE_BATCH = 64;

/** Pairs scored at once. */
const SCORE_BATCH = 512;

/** What is predicted of a clip. */
export interface FeaturePrediction {
  readonly id: string;
  /** Of every target, in points: the mean over exemplars of their score and the relative score. */
  readonly targets: Readonly<Record<string, number>>;
  /** Standard deviation of those over exemplars, in points. */
  readonly spread: Readonly<Record<string, number>>;
  /** First steps of stages 2, 3, ... that the model found; empty without a segmenter. */
  readonly transitions: readonly number[];
}

/** What is known of an exemplar. */
export interface FeatureExemplar extends Pick<FeatureClip, 'id' | 'diveNumber' | 'targets'> {}

/** The part of a {@link FeatureScorer} that JSON holds. */
export interface PlainFeatureScorer {
  readonly config: FeatureModelConfig;
  readonly transform: PlainTransform;
  readonly exemplars: readonly FeatureExemplar[];
}

interface Parts {
  readonly source: Pick<FeatureSource, 'readFeatures'>;
  readonly exemplars: readonly FeatureExemplar[];
  readonly transform: InputTransform;
}

/** A trained model with its exemplars; made by `fitFeatures`. */
export class FeatureScorer {
  readonly model: FeatureModel;
  readonly #parts: Parts;
  /** Stage features of the exemplars, `[exemplars, stages, steps, width]`. */
  #exemplars: tf.Tensor4D;

  private constructor(model: FeatureModel, parts: Parts, exemplars: tf.Tensor4D) {
    this.model = model;
    this.#parts = parts;
    this.#exemplars = exemplars;
  }

  /** Encodes the exemplars, cut at their true transitions; the scorer takes over the model. */
  static async create(
    model: FeatureModel,
    parts: Parts & { readonly exemplars: readonly FeatureClip[] },
  ): Promise<FeatureScorer> {
    const { source, exemplars, transform } = parts;
    const input = await (await FeatureInput.read(source, exemplars, model.config.steps)).transformed(transform);
    const encoded = chunks(exemplars, ENCODE_BATCH).map((clips) =>
      tf.tidy(() => {
        const transitions = clips.map((clip) => model.encodedTransitions(clip.transitions, clip.frameCount));
        return model.stageFeatures(encode(model, input, clips), transitions);
      }),
    );
    const joined = tf.concat(encoded, 0) as tf.Tensor4D;
    tf.dispose(encoded);
    return new FeatureScorer(model, parts, joined);
  }

  /** A scorer from its state; the caller disposes it. */
  static restore(
    { plain, tensors, bank }: ScorerState<PlainFeatureScorer>,
    source: Pick<FeatureSource, 'readFeatures'>,
  ): FeatureScorer {
    const { config, transform, exemplars } = plain;
    const model = new FeatureModel(config, { seed: 0 });
    try {
      loadNetwork(model, tensors, 'model.');
      const { shape, data } = bank.get('exemplars')!;
      const features = tf.tensor4d(data, shape as [number, number, number, number]);
      return new FeatureScorer(model, { source, exemplars, transform: transformOf(tensors, transform) }, features);
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  /** The scorer as plain data, of which {@link restore} makes the same again. */
  async state(): Promise<ScorerState<PlainFeatureScorer>> {
    const { exemplars, transform } = this.#parts;
    return {
      plain: {
        config: this.model.config,
        transform: plainTransform(transform),
        exemplars: exemplars.map(({ id, diveNumber, targets }) => ({ id, diveNumber, targets })),
      },
      tensors: await networkTensors(transform, this.model.weights(), 'model.'),
      bank: new Map([
        ['exemplars', { shape: this.#exemplars.shape, data: (await this.#exemplars.data()) as Float32Array }],
      ]),
    };
  }

  /** Clips that predictions are relative to. */
  get exemplars(): readonly FeatureExemplar[] {
    return this.#parts.exemplars;
  }

  /**
   * Predicts the targets of clips, each against the exemplars of its class, or against all if its class has no exemplar.
   *
   * @param clips - Their scores and transitions are not read.
   * @param source - Where they are; the source that the model was trained on unless given.
   * @returns One prediction a clip.
   * @throws {@link ArgumentError} if there is no clip.
   */
  async predict(
    clips: readonly FeatureClip[],
    source: Pick<FeatureSource, 'readFeatures'> = this.#parts.source,
  ): Promise<FeaturePrediction[]> {
    if (clips.length === 0) throw new ArgumentError('FeatureScorer.predict: expected at least one clip, got none.');
    const read = await FeatureInput.read(source, clips, this.model.config.steps);
    const input = await read.transformed(this.#parts.transform);
    const predictions: FeaturePrediction[] = [];
    for (const part of chunks(clips, ENCODE_BATCH)) {
      const encoded = encode(this.model, input, part);
      const found = await this.#transitions(encoded, part);
      const stages = this.model.stageFeatures(encoded, found.cuts);
      for (const [index, clip] of part.entries()) {
        predictions.push({
          id: clip.id,
          ...(await this.#score(clip, stages, index)),
          transitions: found.shown[index]!,
        });
      }
      tf.dispose([encoded, stages]);
    }
    return predictions;
  }

  /** Frees model and exemplars. */
  dispose(): void {
    this.#exemplars.dispose();
    this.model.dispose();
  }

  /** Where clips are cut: as the segmenter says, or in equal parts. */
  async #transitions(
    encoded: tf.Tensor3D,
    clips: readonly FeatureClip[],
  ): Promise<{ cuts: number[][]; shown: number[][] }> {
    const { stages } = this.model.config;
    const steps = this.model.encodedSteps;
    const logits = this.model.transitionLogits(encoded);
    if (logits === null) {
      const equal = Array.from({ length: stages - 1 }, (_, cut) => Math.floor(((cut + 1) * steps) / stages));
      return { cuts: clips.map(() => equal), shown: clips.map(() => []) };
    }
    const cuts = this.model.decode((await logits.array()) as number[][][]);
    logits.dispose();
    const shown = cuts.map((row, clip) => row.map((cut) => Math.round((cut * clips[clip]!.frameCount) / steps)));
    return { cuts, shown };
  }

  async #score(
    clip: FeatureClip,
    stages: tf.Tensor4D,
    index: number,
  ): Promise<Pick<FeaturePrediction, 'targets' | 'spread'>> {
    const { targets, scoreScales } = this.model.config;
    const { exemplars } = this.#parts;
    const same = exemplars.flatMap(({ diveNumber, id }, at) =>
      diveNumber === clip.diveNumber && id !== clip.id ? [at] : [],
    );
    const chosen = same.length > 0 ? same : exemplars.flatMap(({ id }, at) => (id === clip.id ? [] : [at]));
    const votes = targets.map((): number[] => []);
    for (const part of chunks(chosen, SCORE_BATCH)) {
      const relative = tf.tidy(() => {
        const query = tf.slice(stages, [index, 0, 0, 0], [1, -1, -1, -1]) as tf.Tensor4D;
        const others =
          part.length === exemplars.length ? this.#exemplars : (tf.gather(this.#exemplars, part) as tf.Tensor4D);
        return this.model.relativeScores(query, others);
      });
      const values = await relative.data();
      relative.dispose();
      for (const [row, at] of part.entries()) {
        for (const [target, name] of targets.entries()) {
          const delta = values[row * targets.length + target]! * scoreScales[target]!;
          votes[target]!.push(exemplars[at]!.targets[name]! + delta);
        }
      }
    }
    const means = votes.map(meanOf);
    return {
      targets: Object.fromEntries(targets.map((name, target) => [name, means[target]!])),
      spread: Object.fromEntries(
        targets.map((name, target) => [
          name,
          Math.sqrt(meanOf(votes[target]!.map((vote) => (vote - means[target]!) ** 2))),
        ]),
      ),
    };
  }
}

function encode(model: FeatureModel, input: FeatureInput, clips: readonly FeatureClip[]): tf.Tensor3D {
  const { steps, channels } = model.config;
  return tf.tidy(() => model.encode(tf.tensor3d(input.batch(clips), [clips.length, steps, channels])));
}

function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
