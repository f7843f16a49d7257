import { assertPaired, MetricsError } from './metrics-error.js';

/** The score grid of a distribution: `bins` values, evenly spaced from `min` to `max`. */
export interface ScoreGrid {
  /** Score of the first bin. */
  readonly min: number;
  /** Score of the last bin, above `min`. */
  readonly max: number;
  /** At least 2; default 101, as in USDL for final scores. */
  readonly bins?: number;
}

/**
 * Converts a score to a distribution: the normal density around it at every bin of a grid, divided by its sum.
 *
 * Source: Tang et al., "Uncertainty-aware Score Distribution Learning for Action Quality Assessment", CVPR 2020, section 3.2.
 * The paper measures the deviation in bins: 5 bins, for the 101 bins of MTL-AQA's 0 .. 104.5, are a `deviation` of 5.225 points here.
 *
 * @param score - In the unit of the grid; it may lie outside; the nearest bin is then the most likely.
 * @param deviation - Standard deviation in that unit, above 0.
 * @param grid - Position of the bins.
 * @returns `[bins]` probabilities that sum to 1.
 * @throws {@link MetricsError} if a number is out of range.
 */
export function scoreDistribution(score: number, deviation: number, grid: ScoreGrid): Float64Array {
  const { min, step, bins } = checkedGrid('scoreDistribution', grid);
  if (!Number.isFinite(score)) throw wrong('scoreDistribution', `score must be a finite number, got ${score}`);
  if (!(deviation > 0 && Number.isFinite(deviation))) {
    throw wrong('scoreDistribution', `deviation must be above 0, got ${deviation}`);
  }
  const distances = Float64Array.from({ length: bins }, (_, bin) => Math.abs(min + bin * step - score));
  const nearest = distances.reduce((least, distance) => Math.min(least, distance), Number.POSITIVE_INFINITY);
  // relative to the nearest bin, so that a score far outside or a narrow peak between bins does not make all bins 0
  const shares = distances.map((distance) =>
    distance === nearest ? 1 : Math.exp(-0.5 * ((distance - nearest) / deviation) * ((distance + nearest) / deviation)),
  );
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

/**
 * The score of the most likely bin: the prediction of USDL.
 *
 * @param distribution - `[bins]`, at least 0 each; it need not sum to 1.
 * @param grid - Position of the bins; `bins` defaults to the length of the distribution.
 * @returns A score; the lowest of equally likely bins.
 * @throws {@link MetricsError} if it is not a distribution or does not fit the grid.
 */
export function modalScore(distribution: ArrayLike<number>, grid: ScoreGrid): number {
  const { min, step } = gridOf('modalScore', distribution, grid);
  let best = 0;
  for (let bin = 1; bin < distribution.length; bin++) if (distribution[bin]! > distribution[best]!) best = bin;
  return min + best * step;
}

/**
 * The mean score of a distribution.
 *
 * @param distribution - `[bins]`, at least 0 each; it need not sum to 1.
 * @param grid - Position of the bins; `bins` defaults to the length of the distribution.
 * @returns A score in min .. max.
 * @throws {@link MetricsError} if it is not a distribution or does not fit the grid.
 */
export function expectedScore(distribution: ArrayLike<number>, grid: ScoreGrid): number {
  const { min, max, step, sum } = gridOf('expectedScore', distribution, grid);
  let mean = 0;
  for (let bin = 0; bin < distribution.length; bin++) mean += (distribution[bin]! / sum) * (min + bin * step);
  return Math.min(max, Math.max(min, mean));
}

/**
 * Kullback-Leibler divergence, sum of p log(p / q) over bins: the training loss of USDL's predictions q.
 *
 * Source: agrees with `scipy.stats.entropy(p, q)`.
 *
 * @param actual - p, `[bins]`, at least 0 each; divided by its sum.
 * @param predicted - q, likewise.
 * @returns At least 0, in nats; Infinity if q is 0 where p is not.
 * @throws {@link MetricsError} if the lengths differ or one is not a distribution.
 */
export function klDivergence(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  assertPaired('klDivergence', actual, predicted, ['actual', 'predicted']);
  const [p, q] = [total('klDivergence', actual), total('klDivergence', predicted)];
  let sum = 0;
  for (let bin = 0; bin < actual.length; bin++) {
    const share = actual[bin]! / p;
    if (share > 0) sum += share * Math.log(share / (predicted[bin]! / q));
  }
  return Math.max(0, sum);
}

function checkedGrid(caller: string, { min, max, bins = 101 }: ScoreGrid) {
  if (!(Number.isFinite(min) && Number.isFinite(max) && max > min)) {
    throw wrong(caller, `the grid must run from min to a larger max, got ${min} .. ${max}`);
  }
  if (!Number.isSafeInteger(bins) || bins < 2 || bins > 1e6) {
    throw wrong(caller, `bins must be a whole number of 2 to 1000000, got ${bins}`);
  }
  return { min, max, bins, step: (max - min) / (bins - 1) };
}

function gridOf(caller: string, distribution: ArrayLike<number>, grid: ScoreGrid) {
  const checked = checkedGrid(caller, { ...grid, bins: grid.bins ?? distribution.length });
  if (distribution.length !== checked.bins) {
    throw new MetricsError(
      'ERR_MCORE_SHAPE',
      `${caller}: expected a distribution of ${checked.bins} bins, got ${distribution.length}.`,
    );
  }
  return { ...checked, sum: total(caller, distribution) };
}

/** The sum of a distribution; throws if it is not one. */
function total(caller: string, distribution: ArrayLike<number>): number {
  let sum = 0;
  for (let bin = 0; bin < distribution.length; bin++) {
    const share = distribution[bin]!;
    if (!(share >= 0)) throw wrong(caller, `probabilities must be at least 0, got ${share}`);
    sum += share;
  }
  if (!(sum > 0 && Number.isFinite(sum)))
    throw wrong(caller, `probabilities must have a finite sum above 0, got ${sum}`);
  return sum;
}

function wrong(caller: string, problem: string): MetricsError {
  return new MetricsError('ERR_MCORE_ARGUMENT', `${caller}: ${problem}.`);
}
