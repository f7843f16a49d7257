import type { FeatureClip, FeatureSource } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { type FeaturePrediction, FeatureScorer, type PlainFeatureScorer } from './feature-scorer.js';
import { below, prefixed, type ScorerState, type StateTensor, tensorOf } from './scorer-state.js';
import { expertPredictions, type ViewExpert } from './views/view-experts.js';
import { type ViewName, viewsOf } from './views/views.js';

/** What a {@link BlendScorer} is made of. */
export interface BlendParts {
  readonly source: Pick<FeatureSource, 'targets' | 'readFeatures'>;
  /** Classes that the context of a clip tells apart. */
  readonly classes: readonly string[];
  readonly experts: readonly ViewExpert[];
  /** Networks that are one member together; may be empty. */
  readonly networks: readonly FeatureScorer[];
  /** Mean of every target over the training clips. */
  readonly means: readonly number[];
  /** Members x targets: the experts in their order, then the networks. */
  readonly weights: readonly (readonly number[])[];
  /** Half the width of the interval of every target, in points; Infinity where too few clips say. */
  readonly halfWidths: readonly number[];
  /** Fraction of new clips like the training clips that an interval holds. */
  readonly level: number;
  /** SRCC of every target on inner folds: of training clips, each predicted by members that did not see it. */
  readonly innerSrcc: readonly number[];
}

/** The part of a {@link BlendScorer} that JSON holds. */
export interface PlainBlendScorer extends Pick<BlendParts, 'classes' | 'means' | 'weights' | 'level' | 'innerSrcc'> {
  readonly targets: readonly string[];
  readonly views: readonly ViewName[];
  readonly biases: readonly (readonly number[])[];
  readonly networks: readonly PlainFeatureScorer[];
  /** `null` for Infinity. */
  readonly halfWidths: readonly (number | null)[];
}

/** A prediction with its interval. */
export interface BlendPrediction extends FeaturePrediction {
  /** Of every target, `[low, high]` in points. */
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
}

/**
 * The prediction of one target: its mean, and how far each member's prediction is from the mean, weighted.
 *
 * @param members - What each member predicts, in points.
 * @param weights - One a member.
 * @param mean - Of the target over the training clips.
 */
export function blendedValue(members: readonly number[], weights: readonly number[], mean: number): number {
  return members.reduce((sum, value, at) => sum + weights[at]! * (value - mean), mean);
}

/** Networks and regressions whose predictions add up; made by `fitBlend`. */
export class BlendScorer {
  readonly parts: BlendParts;

  /** Takes over the networks. */
  constructor(parts: BlendParts) {
    this.parts = parts;
  }

  /** A scorer from its state; the caller disposes it. */
  static restore(
    { plain, tensors, bank }: ScorerState<PlainBlendScorer>,
    source: Pick<FeatureSource, 'readFeatures'>,
  ): BlendScorer {
    const networks: FeatureScorer[] = [];
    try {
      for (const [index, network] of plain.networks.entries()) {
        const prefix = `networks.${index}.`;
        const state = { plain: network, tensors: below(tensors, prefix), bank: below(bank, prefix) };
        networks.push(FeatureScorer.restore(state, source));
      }
    } catch (error) {
      for (const network of networks) network.dispose();
      throw error;
    }
    const experts = plain.views.map((view, index) => {
      const own = below(tensors, `views.${view}.`);
      return {
        ...{ view, biases: plain.biases[index]! },
        ...{ mean: tensorOf(own, 'mean'), deviation: tensorOf(own, 'deviation') },
        weights: plain.targets.map((_, target) => tensorOf(own, `weight.${target}`)),
      };
    });
    const { targets, halfWidths, ...parts } = plain;
    return new BlendScorer({
      ...{ ...parts, networks, experts },
      source: { targets, readFeatures: (id) => source.readFeatures(id) },
      halfWidths: halfWidths.map((width) => width ?? Number.POSITIVE_INFINITY),
    });
  }

  /** The scorer as plain data, of which {@link restore} makes the same again. */
  async state(): Promise<ScorerState<PlainBlendScorer>> {
    const { source, classes, means, weights, level, innerSrcc, halfWidths, experts, networks } = this.parts;
    const states = await Promise.all(networks.map((network) => network.state()));
    const ofExperts = experts.flatMap(({ view, mean, deviation, weights: ofTargets }) => {
      const entries = [
        ['mean', mean],
        ['deviation', deviation],
      ] as [string, Float32Array][];
      for (const [target, weight] of ofTargets.entries()) entries.push([`weight.${target}`, weight]);
      return entries.map(([name, data]): [string, StateTensor] => [
        `views.${view}.${name}`,
        { shape: [data.length], data },
      ]);
    });
    return {
      plain: {
        ...{ classes, means, weights, level, innerSrcc, targets: source.targets },
        ...{ views: experts.map(({ view }) => view), biases: experts.map(({ biases }) => biases) },
        networks: states.map(({ plain }) => plain),
        halfWidths: halfWidths.map((width) => (Number.isFinite(width) ? width : null)),
      },
      tensors: new Map([
        ...ofExperts,
        ...states.flatMap(({ tensors }, index) => prefixed(tensors, `networks.${index}.`)),
      ]),
      bank: new Map(states.flatMap(({ bank }, index) => prefixed(bank, `networks.${index}.`))),
    };
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
      blendedValue(
        members.map((member) => member[target]!),
        weights.map((row) => row[target]!),
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
