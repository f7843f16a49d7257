import { ArgumentError } from '@mcore/errors';
import type { MCoReConfig } from './config.js';
import type { ExemplarBank, StageShape } from './exemplar-bank.js';
import { stageMeans } from './stage-means.js';
import { transitionProbabilities } from './transition-probabilities.js';

/**
 * How much a clip differs from the training clips: three measures from values that scoring computes anyway. Larger means less similar.
 */
export interface OutlierMeasures {
  /** Root mean square difference of the stages' features to the nearest exemplars, in standard deviations of the bank. */
  readonly featureDistance: number;
  /** Probability away from the decoded transitions, in [0, 1]; the maximum over transitions. */
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
    const rows = bank.exemplars.map(({ stages }) => stageMeans(stages, bank.shape));
    const size = bank.shape.stages * bank.shape.channels;
    this.#mean = new Float64Array(size);
    this.#scale = new Float64Array(size);
    for (const row of rows)
      row.forEach((value, at) => {
        this.#mean[at]! += value / rows.length;
      });
    for (const row of rows) {
      row.forEach((value, at) => {
        this.#scale[at]! += (value - this.#mean[at]!) ** 2 / rows.length;
      });
    }
    const deviations = this.#scale.map(Math.sqrt);
    const mean = deviations.reduce((sum, deviation) => sum + deviation, 0) / size;
    this.#scale = deviations.map((deviation) => 1 / Math.max(deviation, LEAST_DEVIATION * mean, 1e-12));
    this.#exemplars = rows.map((row) => this.#standardised(row));
  }

  /**
   * Root mean square distance of a clip to its nearest exemplars, over stages and channels.
   *
   * @param stages - Stages x steps x channels features, as in `ClipEncoding`.
   * @param without - Index of an exemplar to leave out: the clip itself.
   * @returns In standard deviations of the bank's features.
   */
  distance(stages: Float32Array, without = -1): number {
    const clip = this.#standardised(stageMeans(stages, this.#shape));
    const distances = this.#exemplars.flatMap((exemplar, index) => (index === without ? [] : [rms(clip, exemplar)]));
    const nearest = distances.sort((a, b) => a - b).slice(0, NEIGHBOURS);
    return nearest.reduce((sum, distance) => sum + distance, 0) / nearest.length;
  }

  #standardised(row: Float64Array): Float64Array {
    return row.map((value, at) => (value - this.#mean[at]!) * this.#scale[at]!);
  }
}

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
 * The probability away from the most likely frame, maximum over transitions: 0 if the segmenter is certain, near 1 if all frames are
 * equally likely.
 *
 * @param logits - Frames x transitions, as in `EncodedClip`.
 */
export function transitionFlatness(logits: Float32Array, config: Pick<MCoReConfig, 'stages' | 'loss'>): number {
  const flatness = transitionProbabilities(logits, config).map((probabilities) => {
    const mostLikely = probabilities.indexOf(Math.max(...probabilities));
    return 1 - shareNear(probabilities, mostLikely);
  });
  return Math.max(0, ...flatness);
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

function rms(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at]! - b[at]!) ** 2;
  return Math.sqrt(sum / a.length);
}
