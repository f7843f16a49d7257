import { type BootstrapOptions, bootstrapInterval } from './bootstrap.js';
import { fisherMean } from './correlation.js';
import { MetricsError } from './metrics-error.js';
import { uniformIntegers } from './uniform-integers.js';

/** One fold of cross-validation, by positions in the data. */
export interface Fold {
  /** The held-out group, or the number of the fold from 1. */
  readonly name: string;
  /** Positions of the clips to train on, ascending. */
  readonly train: readonly number[];
  /** Positions of the clips to test on, ascending; every clip is in one fold's test part. */
  readonly test: readonly number[];
}

/** Result of {@link summariseFolds}. */
export interface FoldSummary {
  /** Mean of the folds whose value is defined. */
  readonly mean: number;
  /** The same through Fisher's z; NaN if values are not correlations. */
  readonly fisherMean: number;
  /** Standard deviation over folds, n - 1 in the denominator; NaN for fewer than two. */
  readonly deviation: number;
  /** Percentile bootstrap interval of the mean over folds. */
  readonly interval: [number, number];
  /** Folds with a value. */
  readonly folds: number;
  /** Folds whose value is NaN, such as an AUC if all clips passed; they are left out. */
  readonly undefinedFolds: number;
}

/**
 * Leave-one-out: one fold per clip.
 *
 * @param count - Number of clips, at least 2.
 * @throws {@link MetricsError} if there are fewer.
 */
export function leaveOneOut(count: number): Fold[] {
  assertCount('leaveOneOut', count);
  return foldsOf(Array.from({ length: count }, (_, index) => `${index + 1}`));
}

/**
 * Leave-one-group-out: every group is the test part once (people in LOSO or LOUO, trials in LOTO).
 *
 * @param groups - The group of every clip.
 * @returns One fold per group, in the order of first occurrence.
 * @throws {@link MetricsError} if there are fewer than two groups.
 */
export function leaveOneGroupOut(groups: readonly string[]): Fold[] {
  const names = new Set(groups);
  if (names.size < 2) {
    throw new MetricsError(
      'ERR_MCORE_ARGUMENT',
      `leaveOneGroupOut: expected at least two groups, got ${names.size}. Use kFold, or another column of groups.`,
    );
  }
  return foldsOf(groups);
}

/**
 * k-fold cross-validation: shuffles clips, or whole groups, with the seed and assigns them so that folds are as equal as possible.
 *
 * @param count - Number of clips.
 * @param options - `folds`: default 5; `groups`: clips of one group stay together; `strata`: clips of one stratum, such as a class or
 *   a verdict, are spread over all folds (not with `groups`); `seed`: 0.
 * @throws {@link MetricsError} if there are fewer clips or groups than folds, or an option is out of range.
 */
export function kFold(
  count: number,
  options: {
    readonly folds?: number;
    readonly groups?: readonly string[];
    readonly strata?: readonly string[];
    readonly seed?: number;
  } = {},
): Fold[] {
  const { folds = 5, groups, strata, seed = 0 } = options;
  assertCount('kFold', count);
  if (groups && strata) {
    throw new MetricsError('ERR_MCORE_ARGUMENT', 'kFold: expected groups or strata, got both.');
  }
  for (const [name, list] of Object.entries({ groups, strata })) {
    if (list && list.length !== count) {
      throw new MetricsError('ERR_MCORE_SHAPE', `kFold: expected ${count} ${name}, one per clip, got ${list.length}.`);
    }
  }
  const keys = groups ?? Array.from({ length: count }, (_, index) => `${index}`);
  const units = unitsOf(keys);
  if (!Number.isInteger(folds) || folds < 2 || folds > units.length) {
    const what = groups ? 'groups' : 'clips';
    throw new MetricsError(
      'ERR_MCORE_ARGUMENT',
      `kFold: expected 2 to ${units.length} folds for ${units.length} ${what}, got ${folds}.`,
    );
  }
  const order = shuffled(units, seed);
  // stable: within a stratum, or among groups of one size, the shuffled order stays
  if (strata) order.sort((a, b) => compare(strata[a[0]!]!, strata[b[0]!]!));
  else order.sort((a, b) => b.length - a.length);
  const sizes = new Array<number>(folds).fill(0);
  const foldOf = new Array<string>(count);
  for (const [turn, unit] of order.entries()) {
    // equal units are assigned in turn; larger groups go to the smallest fold
    const fold = strata ? turn % folds : sizes.indexOf(Math.min(...sizes));
    sizes[fold]! += unit.length;
    for (const clip of unit) foldOf[clip] = `${fold + 1}`;
  }
  return foldsOf(foldOf).sort((a, b) => Number(a.name) - Number(b.name));
}

/**
 * Summarises a metric over folds.
 *
 * @param values - The metric of every fold; NaN if undefined.
 * @param options - Options of the bootstrap over folds.
 * @returns Means, spread and interval of the folds that have a value; all NaN if none has.
 */
export function summariseFolds(values: ArrayLike<number>, options: BootstrapOptions = {}): FoldSummary {
  const defined = Array.from(values).filter((value) => !Number.isNaN(value));
  const counts = { folds: defined.length, undefinedFolds: values.length - defined.length };
  if (defined.length === 0) {
    const none = Number.NaN;
    return { mean: none, fisherMean: none, deviation: none, interval: [none, none], ...counts };
  }
  const mean = meanOf(defined);
  const squares = defined.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    fisherMean: defined.every((value) => Math.abs(value) <= 1) ? fisherMean(defined) : Number.NaN,
    deviation: defined.length < 2 ? Number.NaN : Math.sqrt(squares / (defined.length - 1)),
    interval: bootstrapInterval<number, number>((drawn) => meanOf(drawn), defined, defined, options),
    ...counts,
  };
}

/** One fold per name, in the order of first occurrence. */
function foldsOf(names: readonly string[]): Fold[] {
  const positions = names.map((_, index) => index);
  return [...new Set(names)].map((name) => ({
    name,
    train: positions.filter((index) => names[index] !== name),
    test: positions.filter((index) => names[index] === name),
  }));
}

function unitsOf(keys: readonly string[]): number[][] {
  const units = new Map<string, number[]>();
  for (const [index, key] of keys.entries()) {
    const unit = units.get(key);
    if (unit) unit.push(index);
    else units.set(key, [index]);
  }
  return [...units.values()];
}

/** Fisher and Yates. */
function shuffled<T>(values: readonly T[], seed: number): T[] {
  if (!Number.isFinite(seed)) {
    throw new MetricsError('ERR_MCORE_ARGUMENT', `kFold: seed must be a finite number, got ${seed}.`);
  }
  const result = [...values];
  const next = uniformIntegers(seed, 2 ** 32);
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor((next() / 2 ** 32) * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

function assertCount(caller: string, count: number): void {
  if (!Number.isInteger(count) || count < 2) {
    throw new MetricsError('ERR_MCORE_ARGUMENT', `${caller}: expected at least 2 clips, got ${count}.`);
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
