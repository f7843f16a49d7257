import type { FeatureClip, FeatureSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import type { FeaturePrediction, FeatureScorer } from './feature-scorer.js';
import { expertPredictions, type ViewExpert } from './views/view-experts.js';
import { viewsOf } from './views/views.js';

/** What a {@link BlendScorer} is made of. */
export interface BlendParts {
  readonly source: Pick<FeatureSource, 'targets' | 'readFeatures'>;
  /** Classes that the context of a clip tells apart. */
  readonly classes: readonly string[];
  readonly experts: readonly ViewExpert[];
  /** Networks that are one member together; there may be none. */
  readonly networks: readonly FeatureScorer[];
  /** Mean of every target over the training clips. */
  readonly means: readonly number[];
  /** Members x targets: the experts in their order, then the networks. */
  readonly weights: readonly (readonly number[])[];
  /** Half the width of the interval of every target, in points; Infinity where too few clips say. */
  readonly halfWidths: readonly number[];
  /** Fraction of new clips like the training clips that an interval holds. */
  readonly level: number;
}

/** A prediction with its interval. */
export interface BlendPrediction extends FeaturePrediction {
  /** Of every target, `[low, high]` in points. */
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
}

/** Networks and regressions whose predictions add up; made by `fitBlend`. */
export class BlendScorer {
  readonly parts: BlendParts;

  /** Takes over the networks. */
  constructor(parts: BlendParts) {
    this.parts = parts;
  }

  /**
   * Predicts the targets of clips.
   *
   * @param clips - Their labels are not looked at.
   * @param source - Where they are; the source that was trained on unless given.
   * @returns One prediction a clip; `spread` and `transitions` are those of the networks.
   * @throws {@link ArgumentError} if there is no clip.
   */
  async predict(
    clips: readonly FeatureClip[],
    source: Pick<FeatureSource, 'readFeatures'> = this.parts.source,
  ): Promise<BlendPrediction[]> {
    if (clips.length === 0) throw new ArgumentError('BlendScorer.predict: expected at least one clip, got none.');
    const byNetwork: FeaturePrediction[][] = [];
    for (const network of this.parts.networks) byNetwork.push(await network.predict(clips, source));
    const predictions: BlendPrediction[] = [];
    for (const [index, clip] of clips.entries()) {
      const views = viewsOf(clip, await source.readFeatures(clip.id), this.parts.classes);
      const members = this.parts.experts.map((expert) => expertPredictions(expert, views));
      predictions.push(
        this.#blend(
          clip.id,
          members,
          byNetwork.map((row) => row[index]!),
        ),
      );
    }
    return predictions;
  }

  /** Frees the networks. */
  dispose(): void {
    for (const network of this.parts.networks) network.dispose();
  }

  #blend(id: string, experts: readonly number[][], networks: readonly FeaturePrediction[]): BlendPrediction {
    const { source, means, weights, halfWidths } = this.parts;
    const meanOf = (of: (prediction: FeaturePrediction) => number) =>
      networks.reduce((sum, each) => sum + of(each) / networks.length, 0);
    const members = [...experts];
    if (networks.length > 0) members.push(source.targets.map((name) => meanOf(({ targets }) => targets[name]!)));
    const values = source.targets.map((_, target) =>
      members.reduce(
        (sum, member, at) => sum + weights[at]![target]! * (member[target]! - means[target]!),
        means[target]!,
      ),
    );
    const byName = <T>(of: (target: number, name: string) => T) =>
      Object.fromEntries(source.targets.map((name, target) => [name, of(target, name)]));
    return {
      id,
      targets: byName((target) => values[target]!),
      spread: byName((_, name) => meanOf(({ spread }) => spread[name]!)),
      intervals: byName((target) => [values[target]! - halfWidths[target]!, values[target]! + halfWidths[target]!]),
      transitions: networks[0]?.transitions ?? [],
    };
  }
}
