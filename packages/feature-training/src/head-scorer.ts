import { createHead, type Head, type HeadConfig, type ScoredExemplar } from '@mcore/aqa-heads';
import type { FeatureClip, FeatureSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { FeatureInput, type InputTransform } from './feature-input.js';
import type { FeaturePrediction } from './feature-scorer.js';
import { type HeadLabelParts, HeadLabels } from './head-labels.js';
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

/** The part of a {@link HeadScorer} that JSON holds. */
export interface PlainHeadScorer {
  readonly config: HeadConfig;
  readonly labels: HeadLabelParts;
  readonly transform: PlainTransform;
  readonly exemplars: readonly PlainExemplar[];
}

/** What is known of an exemplar. */
interface PlainExemplar {
  readonly id: string;
  readonly diveNumber: string;
  /** In the head's unit. */
  readonly score: number;
  readonly difficulty: number;
  readonly transitions: readonly number[] | null;
}

interface Parts {
  readonly source: Pick<FeatureSource, 'readFeatures'>;
  readonly labels: HeadLabels;
  readonly transform: InputTransform;
}

/** A trained compared method with its exemplars; made by `fitHead`. */
export class HeadScorer {
  readonly head: Head;
  readonly #parts: Parts;
  #bank: readonly (ScoredExemplar & Pick<PlainExemplar, 'id' | 'diveNumber'>)[] = [];

  private constructor(head: Head, parts: Parts) {
    this.head = head;
    this.#parts = parts;
  }

  /** Encodes the exemplars; the scorer takes over the head. */
  static async create(head: Head, parts: Parts & { readonly exemplars: readonly FeatureClip[] }): Promise<HeadScorer> {
    const scorer = new HeadScorer(head, parts);
    const encoded = await scorer.#encode(parts.exemplars, parts.source);
    scorer.#bank = encoded.map((clip, index) => {
      const exemplar = parts.exemplars[index]!;
      const { score, difficulty } = parts.labels.of(exemplar);
      return { ...clip, id: exemplar.id, diveNumber: exemplar.diveNumber, score, difficulty: difficulty! };
    });
    return scorer;
  }

  /** A scorer from its state; the caller disposes it. */
  static restore(
    { plain, tensors, bank }: ScorerState<PlainHeadScorer>,
    source: Pick<FeatureSource, 'readFeatures'>,
  ): HeadScorer {
    const head = createHead(plain.config, { seed: 0 });
    try {
      loadNetwork(head, tensors, 'head.');
    } catch (error) {
      head.dispose();
      throw error;
    }
    const transform = transformOf(tensors, plain.transform);
    const scorer = new HeadScorer(head, { source, transform, labels: new HeadLabels(plain.labels) });
    const { shape: [, ...shape] = [], data = new Float32Array() } = bank.get('exemplars') ?? {};
    const size = shape.reduce((product, length) => product * length, 1);
    scorer.#bank = plain.exemplars.map(({ transitions, ...exemplar }, index) => ({
      ...exemplar,
      ...(transitions && { transitions }),
      ...{ shape, values: data.slice(index * size, (index + 1) * size) },
    }));
    return scorer;
  }

  /** The scorer as plain data, of which {@link restore} makes the same again. */
  async state(): Promise<ScorerState<PlainHeadScorer>> {
    const { labels, transform } = this.#parts;
    const exemplars = this.#bank.map(({ id, diveNumber, score, difficulty, transitions }) => {
      return { id, diveNumber, score, difficulty: difficulty!, transitions: transitions ?? null };
    });
    const [first] = this.#bank;
    const bank = first && {
      shape: [this.#bank.length, ...first.shape],
      data: Float32Array.from(this.#bank.flatMap(({ values }) => [...values])),
    };
    return {
      plain: {
        config: this.head.config as HeadConfig,
        labels: labels.parts,
        transform: plainTransform(transform),
        exemplars,
      },
      tensors: await networkTensors(transform, this.head.weights(), 'head.'),
      bank: new Map(bank ? [['exemplars', bank]] : []),
    };
  }

  /**
   * Predicts the target of clips. A method that compares takes the exemplars of the clip's class, or all if its class has no exemplar.
   *
   * @param clips - Their scores are not read.
   * @param from - Where they are; the source that the head was trained on unless given.
   * @returns One prediction a clip.
   * @throws {@link ArgumentError} if there is no clip.
   */
  async predict(
    clips: readonly FeatureClip[],
    from: Pick<FeatureSource, 'readFeatures'> = this.#parts.source,
  ): Promise<FeaturePrediction[]> {
    if (clips.length === 0) throw new ArgumentError('HeadScorer.predict: expected at least one clip, got none.');
    const { labels } = this.#parts;
    const { target, steps, unit } = labels.parts;
    const encoded = await this.#encode(clips, from);
    const predictions: FeaturePrediction[] = [];
    for (const [index, clip] of clips.entries()) {
      const others = this.#bank.filter((exemplar) => exemplar.id !== clip.id);
      const same = others.filter((exemplar) => exemplar.diveNumber === clip.diveNumber);
      const { difficulty, steps: slots } = labels.of(clip);
      const query = { ...encoded[index]!, difficulty: difficulty!, steps: slots! };
      const { score, spread } = await this.head.predict(query, same.length > 0 ? same : others);
      predictions.push({
        id: clip.id,
        targets: { [target]: score * unit },
        spread: { [target]: spread * unit },
        transitions: (query.transitions ?? []).map((step) => Math.round((step * clip.frameCount) / steps)),
      });
    }
    return predictions;
  }

  /** Frees the head. */
  dispose(): void {
    this.head.dispose();
  }

  async #encode(clips: readonly FeatureClip[], from: Pick<FeatureSource, 'readFeatures'>) {
    const { transform, labels } = this.#parts;
    const { steps } = labels.parts;
    if (clips.length === 0) return [];
    const input = await (await FeatureInput.read(from, clips, steps)).transformed(transform);
    const encoded = [];
    for (let start = 0; start < clips.length; start += ENCODE_BATCH) {
      const part = clips.slice(start, start + ENCODE_BATCH);
      const features = tf.tensor3d(input.batch(part), [part.length, steps, transform.mean.length]);
      encoded.push(
        ...(await this.head.encode(
          { features },
          part.map((clip) => labels.of(clip)),
        )),
      );
      features.dispose();
    }
    return encoded;
  }
}
