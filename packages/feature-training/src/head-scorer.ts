import type { Head, ScoredExemplar } from '@mcore/aqa-heads';
import type { FeatureClip, FeatureSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { FeatureInput, type InputTransform } from './feature-input.js';
import type { FeaturePrediction } from './feature-scorer.js';
import type { HeadLabels } from './head-labels.js';

/** Clips encoded at once. */
const ENCODE_BATCH = 64;

interface Parts {
  readonly source: FeatureSource;
  readonly exemplars: readonly FeatureClip[];
  readonly labels: HeadLabels;
  readonly steps: number;
  readonly transform: InputTransform;
}

/** A trained compared method with its exemplars; made by `fitHead`. */
export class HeadScorer {
  readonly head: Head;
  readonly #parts: Parts;
  #bank: readonly (ScoredExemplar & { readonly clip: FeatureClip })[] = [];

  private constructor(head: Head, parts: Parts) {
    this.head = head;
    this.#parts = parts;
  }

  /** Encodes the exemplars; the scorer takes over the head. */
  static async create(head: Head, parts: Parts): Promise<HeadScorer> {
    const scorer = new HeadScorer(head, parts);
    const encoded = await scorer.#encode(parts.exemplars, parts.source);
    scorer.#bank = encoded.map((clip, index) => {
      const exemplar = parts.exemplars[index]!;
      return { ...parts.labels.of(exemplar), ...clip, clip: exemplar };
    });
    return scorer;
  }

  /**
   * Predicts the target of clips, where the method compares each against the exemplars of its class, or against all where there are none.
   *
   * @param clips - Their scores are not looked at.
   * @param from - Where they are; the source that the head was trained on unless given.
   * @returns One prediction a clip.
   * @throws {@link ArgumentError} if there is no clip.
   */
  async predict(
    clips: readonly FeatureClip[],
    from: Pick<FeatureSource, 'readFeatures'> = this.#parts.source,
  ): Promise<FeaturePrediction[]> {
    if (clips.length === 0) throw new ArgumentError('HeadScorer.predict: expected at least one clip, got none.');
    const { labels, source, steps } = this.#parts;
    const target = source.targets[0]!;
    const encoded = await this.#encode(clips, from);
    const predictions: FeaturePrediction[] = [];
    for (const [index, clip] of clips.entries()) {
      const others = this.#bank.filter((exemplar) => exemplar.clip.id !== clip.id);
      const same = others.filter((exemplar) => exemplar.clip.diveNumber === clip.diveNumber);
      const { difficulty, steps: slots } = labels.of(clip);
      const query = { ...encoded[index]!, difficulty: difficulty!, steps: slots! };
      const { score, spread } = await this.head.predict(query, same.length > 0 ? same : others);
      predictions.push({
        id: clip.id,
        targets: { [target]: score * labels.unit },
        spread: { [target]: spread * labels.unit },
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
    const { source, steps, transform, labels } = this.#parts;
    if (clips.length === 0) return [];
    const input = await (await FeatureInput.read(from, clips, steps)).transformed(transform);
    const encoded = [];
    for (let start = 0; start < clips.length; start += ENCODE_BATCH) {
      const part = clips.slice(start, start + ENCODE_BATCH);
      const features = tf.tensor3d(input.batch(part), [part.length, steps, source.channels]);
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
