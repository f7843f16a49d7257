import { assertLevel, assertPaired, MetricsError } from './metrics-error.js';
import { quantile } from './quantile.js';
import { uniformIntegers } from './uniform-integers.js';

/** Options of {@link bootstrapInterval} and {@link pairedBootstrap}. */
export interface BootstrapOptions {
  /** Fraction of resamples between the bounds, in (0, 1); default 0.95. */
  readonly level?: number;
  /** Number of resamples; default 2000. */
  readonly resamples?: number;
  /** Any number; the same seed gives the same bounds on every machine. Default 0. */
  readonly seed?: number;
}

/** What {@link pairedBootstrap} returns. */
export interface PairedBootstrap {
  /** metric(A) - metric(B) on the original clips. */
  readonly difference: number;
  /** `[low, high]` of that difference over the resamples. */
  readonly interval: [number, number];
  /**
   * One-sided p value of "A beats B": (1 + resamples where A is not better) / (1 + resamples), so never 0. About 0.5 if the two models are
   * alike; near 1 if B is better.
   */
  readonly p: number;
}

/**
 * Percentile bootstrap interval of a metric. Each resample draws as many clips as there are, with replacement, and computes the metric on
 * them. The bounds are the (1 -+ level) / 2 quantiles of these values.
 *
 * Resamples with metric NaN are left out (for example a correlation if all draws are the same clip).
 * Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3.
 *
 * @param metric - For example {@link spearman}, or a function that calls {@link averageIoU}.
 * @param predicted - One element per clip: scores, or transitions.
 * @param actual - As many elements.
 * @param options - Level, number of resamples, seed.
 * @returns `[low, high]`; both NaN if every resample gave NaN.
 * @throws {@link MetricsError} if the lengths differ or are 0, or an option is out of range.
 */
export function bootstrapInterval<P, A>(
  metric: (predicted: P[], actual: A[]) => number,
  predicted: ArrayLike<P>,
  actual: ArrayLike<A>,
  options: BootstrapOptions = {},
): [number, number] {
  assertPaired('bootstrapInterval', predicted, actual);
  const { level, resamples, seed } = checked('bootstrapInterval', options);
  const values = resampled(predicted.length, resamples, seed, (drawn) =>
    metric(taken(predicted, drawn), taken(actual, drawn)),
  );
  return bounds(values, level);
}

/**
 * Paired bootstrap test of "A beats B": each resample measures both models on the same clips.
 *
 * Source: Koehn, "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004, section 5.
 *
 * @param metric - Higher must be better; negate an error.
 * @param predictedA - Predictions of model A, one element per clip.
 * @param predictedB - Predictions of model B, as many.
 * @param actual - As many.
 * @param options - Level, number of resamples, seed.
 * @returns The difference, its interval and the p value; all NaN if every resample gave NaN.
 * @throws {@link MetricsError} if the lengths differ or are 0, or an option is out of range.
 */
export function pairedBootstrap<P, A>(
  metric: (predicted: P[], actual: A[]) => number,
  predictedA: ArrayLike<P>,
  predictedB: ArrayLike<P>,
  actual: ArrayLike<A>,
  options: BootstrapOptions = {},
): PairedBootstrap {
  assertPaired('pairedBootstrap', predictedA, actual, ['predictedA', 'actual']);
  assertPaired('pairedBootstrap', predictedB, actual, ['predictedB', 'actual']);
  const { level, resamples, seed } = checked('pairedBootstrap', options);
  const differenceOn = (drawn: Uint32Array) => {
    const truth = taken(actual, drawn);
    return metric(taken(predictedA, drawn), truth) - metric(taken(predictedB, drawn), truth);
  };
  const values = resampled(actual.length, resamples, seed, differenceOn);
  const notBetter = values.reduce((count, value) => count + (value <= 0 ? 1 : 0), 0);
  return {
    difference: differenceOn(Uint32Array.from({ length: actual.length }, (_, index) => index)),
    interval: bounds(values, level),
    p: values.length === 0 ? Number.NaN : (1 + notBetter) / (1 + values.length),
  };
}

function checked(caller: string, options: BootstrapOptions): Required<BootstrapOptions> {
  const { level = 0.95, resamples = 2000, seed = 0 } = options;
  assertLevel(caller, level);
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new MetricsError(
      'ERR_MCORE_ARGUMENT',
      `${caller}: resamples must be a positive whole number, got ${resamples}.`,
    );
  }
  if (!Number.isFinite(seed)) {
    throw new MetricsError('ERR_MCORE_ARGUMENT', `${caller}: seed must be a finite number, got ${seed}.`);
  }
  return { level, resamples, seed };
}

/** The statistic of every resample, sorted, without NaN. */
function resampled(
  clips: number,
  resamples: number,
  seed: number,
  statistic: (drawn: Uint32Array) => number,
): Float64Array {
  const next = uniformIntegers(seed, clips);
  const drawn = new Uint32Array(clips);
  const values: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    for (let index = 0; index < clips; index++) drawn[index] = next();
    const value = statistic(drawn);
    if (!Number.isNaN(value)) values.push(value);
  }
  return Float64Array.from(values).sort();
}

function bounds(sorted: Float64Array, level: number): [number, number] {
  return [quantile(sorted, (1 - level) / 2), quantile(sorted, (1 + level) / 2)];
}

function taken<T>(values: ArrayLike<T>, indices: Uint32Array): T[] {
  return Array.from(indices, (index) => values[index]!);
}
