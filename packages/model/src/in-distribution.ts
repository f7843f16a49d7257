import { ArgumentError } from '@mcore/errors';
import type { MCoReConfig } from './config.js';
import type { ExemplarBank, StageShape } from './exemplar-bank.js';
import { transitionProbabilities } from './transition-probabilities.js';

/**
 * How much a clip differs from the training clips: three measures from values that scoring computes anyway. Larger means less similar.
 */
export interface OutlierMeasures {
  /**
   * Difference of the stages' features to the nearest exemplars, step by step, in standard deviations of the bank: see
   * {@link BankFeatures.distance}.
   */
  readonly featureDistance: number;
  /** How evenly the probability of a transition is spread over the frames, in [0, 1]: see {@link transitionFlatness}. */
  readonly transitionFlatness: number;
  /** Standard deviation of the exemplars' votes, in points. */
  readonly voteSpread: number;
}

/** Limits that clips like the training clips exceed with a known probability. */
export interface OutlierLimits {
  /** Maximum fraction of calibration clips that exceed any limit. */
  readonly falseAlarmRate: number;
  /** Clips the limits were calibrated on. */
  readonly clips: number;
  readonly limits: OutlierMeasures;
}

/** Whether a clip is like the training clips, with the measures behind the answer. */
export interface InDistribution {
  /** All measures are within their limits. */
  readonly value: boolean;
  readonly parts: Readonly<Record<keyof OutlierMeasures, { value: number; limit: number; within: boolean }>>;
}

const MEASURES = ['featureDistance', 'transitionFlatness', 'voteSpread'] as const;

/** Number of nearest exemplars that count; a single one may itself be an outlier. */
const NEIGHBOURS = 5;
/** Minimum deviation of a feature, as a fraction of the mean deviation: features that never change in the bank carry little information. */
const LEAST_DEVIATION = 0.1;
/** Sampled frames on either side of a decoded transition that count as its position, as a fraction of all frames. */
const PLACE = 1 / 32;

/** The standardised features of a bank, to measure the distance of other clips. */
export class BankFeatures {
  readonly #shape: StageShape;
  readonly #mean: Float64Array;
  readonly #scale: Float64Array;
  readonly #exemplars: readonly Float64Array[];

  constructor(bank: ExemplarBank) {
    this.#shape = bank.shape;
    const count = bank.exemplars.length;
    const size = bank.shape.stages * bank.shape.steps * bank.shape.channels;
    this.#mean = new Float64Array(size);
    this.#scale = new Float64Array(size);
    for (const { stages } of bank.exemplars) for (let at = 0; at < size; at++) this.#mean[at]! += stages[at]! / count;
    for (const { stages } of bank.exemplars) {
      for (let at = 0; at < size; at++) this.#scale[at]! += (stages[at]! - this.#mean[at]!) ** 2 / count;
    }
    const deviations = this.#scale.map(Math.sqrt);
    const mean = deviations.reduce((sum, deviation) => sum + deviation, 0) / size;
    this.#scale = deviations.map((deviation) => 1 / Math.max(deviation, LEAST_DEVIATION * mean, 1e-12));
    this.#exemplars = bank.exemplars.map(({ stages }) => this.#standardised(stages));
  }

  /**
   * Distance of a clip to its nearest exemplars: at every step of every stage the root mean square difference over channels to the
   * exemplars that are nearest at this step; then the mean over steps. A part that is not where it belongs, such as a second dive in the approach,
   * is far from every exemplar at its steps, whatever the rest of the clip is.
   *
   * @param stages - Stages x steps x channels features, as in `EncodedClip`.
   * @param without - Index of an exemplar to leave out: the clip itself.
   * @returns In standard deviations of the bank's features.
   */
  distance(stages: Float32Array, without = -1): number {
    const clip = this.#standardised(stages);
    const { channels } = this.#shape;
    const exemplars = this.#exemplars.filter((_, index) => index !== without);
    const steps = clip.length / channels;
    let sum = 0;
    for (let step = 0; step < steps; step++) {
      const offset = step * channels;
      const distances = exemplars.map((exemplar) => rms(clip, exemplar, offset, channels)).sort((a, b) => a - b);
      const nearest = distances.slice(0, NEIGHBOURS);
      sum += nearest.reduce((total, distance) => total + distance, 0) / nearest.length;
    }
    return sum / steps;
  }

  #standardised(stages: Float32Array): Float64Array {
    return Float64Array.from(stages, (value, at) => (value - this.#mean[at]!) * this.#scale[at]!);
  }
}

/** A transition with less confidence is uncertain: a person should check it. */
export const UNCERTAIN = 0.5;

/**
 * How certain the segmenter is of each transition: the probability within 1/32 of the clip around a frame.
 *
 * @param logits - Frames x transitions, as in `EncodedClip`.
 * @param transitions - Indices of sampled frames.
 * @returns In [0, 1], one for each transition.
 */
export function transitionConfidence(
  logits: Float32Array,
  transitions: readonly number[],
  config: Pick<MCoReConfig, 'stages' | 'loss'>,
): number[] {
  return transitionProbabilities(logits, config).map((probabilities, transition) =>
    shareNear(probabilities, transitions[transition]!),
  );
}

/**
 * How evenly the probability of a transition is spread over the frames, maximum over transitions: its entropy divided by that of equally likely
 * frames. 0 if the segmenter is certain, 1 if all frames are equally likely.
 *
 * @param logits - Frames x transitions, as in `EncodedClip`.
 */
export function transitionFlatness(logits: Float32Array, config: Pick<MCoReConfig, 'stages' | 'loss'>): number {
  return Math.max(0, ...transitionProbabilities(logits, config).map(evenness));
}

/**
 * Chooses the limits: one level for all measures, the lowest at which at most the given fraction of clips exceeds any limit.
 *
 * @param measures - Measures of at least 20 clips that neither trained nor selected the weights.
 * @param falseAlarmRate - In (0, 1); default 0.05.
 * @throws {@link ArgumentError} if the clips are too few for the rate.
 */
export function calibrateOutliers(measures: readonly OutlierMeasures[], falseAlarmRate = 0.05): OutlierLimits {
  const count = measures.length;
  const allowed = Math.floor(falseAlarmRate * count + 1e-9);
  if (allowed < 1) {
    throw new ArgumentError(
      `calibrateOutliers: expected at least ${Math.ceil(1 / falseAlarmRate)} clips for a false-alarm rate of ${falseAlarmRate}, got ${count}. Give more clips or allow a higher rate.`,
    );
  }
  const sorted = MEASURES.map((name) => measures.map((measure) => measure[name]).sort((a, b) => b - a));
  const limitsAt = (rank: number) =>
    Object.fromEntries(MEASURES.map((name, at) => [name, sorted[at]![rank]!])) as unknown as OutlierMeasures;
  const alarms = (limits: OutlierMeasures) =>
    measures.filter((measure) => MEASURES.some((name) => measure[name] > limits[name])).length;
  let rank = 0;
  while (rank + 1 < count && alarms(limitsAt(rank + 1)) <= allowed) rank++;
  return { falseAlarmRate, clips: count, limits: limitsAt(rank) };
}

/** Compares a clip's measures with the limits. */
export function inDistribution(measures: OutlierMeasures, { limits }: OutlierLimits): InDistribution {
  const parts = Object.fromEntries(
    MEASURES.map((name) => [
      name,
      { value: measures[name], limit: limits[name], within: measures[name] <= limits[name] },
    ]),
  ) as InDistribution['parts'];
  return { value: MEASURES.every((name) => parts[name].within), parts };
}

/** The probability within {@link PLACE} of a frame. */
function shareNear(probabilities: readonly number[], frame: number): number {
  const reach = Math.max(1, Math.round(PLACE * probabilities.length));
  let [near, total] = [0, 0];
  for (const [at, value] of probabilities.entries()) {
    total += value;
    if (Math.abs(at - frame) <= reach) near += value;
  }
  return near / total;
}

/** Entropy of values that are divided by their sum, relative to the largest possible one. */
function evenness(values: readonly number[]): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (values.length < 2 || total === 0) return 0;
  const shares = values.map((value) => value / total).filter((share) => share > 0);
  return shares.reduce((sum, share) => sum - share * Math.log(share), 0) / Math.log(values.length);
}

function rms(a: Float64Array, b: Float64Array, from: number, count: number): number {
  let sum = 0;
  for (let at = from; at < from + count; at++) sum += (a[at]! - b[at]!) ** 2;
  return Math.sqrt(sum / count);
}
