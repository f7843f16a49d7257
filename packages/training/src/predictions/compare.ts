import { DataError } from '@mcore/errors';
import { meanAbsoluteError, pairedBootstrap, spearman } from '@mcore/metrics';
import { intervalHit, meanOf, relativeL2x100Over } from './clip-metrics.js';
import type { BootstrapOptions, EvaluatedClip } from './evaluate-predictions.js';
import { spread } from './summarise.js';

/** A model's clips, as far as a comparison needs them. */
export type ComparedClip = Pick<
  EvaluatedClip,
  'id' | 'trueScore' | 'predictedScore' | 'trueTransitions' | 'predictedTransitions'
>;

/** How a metric differs between two models on the same clips. */
export interface MetricComparison {
  a: number;
  b: number;
  /** a - b. */
  difference: number;
  /** Bootstrap 95 % interval of the difference, over clips. */
  interval: [number, number];
  /** One-sided p value of "A beats B", whichever direction is better. */
  p: number;
  /** Standard deviations over runs, where there are several on a side; NaN of a single one. */
  deviations?: { a: number; b: number };
}

/**
 * {@link compareClips} by metric; R-l2 is x 100, AIoU in percent. NaN throughout where a metric is undefined: correlation and R-l2 of equal
 * scores, AIoU of clips without an interval between labelled transitions.
 */
export interface Comparison {
  clips: number;
  /** Runs on each side, where there are several. */
  runs?: { a: number; b: number };
  srcc: MetricComparison;
  rl2x100: MetricComparison;
  meanAbsoluteError: MetricComparison;
  aiou50: MetricComparison;
  aiou75: MetricComparison;
}

/**
 * Does A beat B? Every metric of two models on the same clips, with a paired bootstrap: clips are drawn again and both models are
 * measured on the same draw.
 *
 * @param a - In any order.
 * @param b - The same clips, with the same true scores and transitions.
 * @throws {@link DataError} if they are not the same clips.
 */
export function compareClips(
  a: readonly ComparedClip[],
  b: readonly ComparedClip[],
  options: BootstrapOptions = {},
): Comparison {
  return compareRuns([a], [b], options);
}

/**
 * {@link compareClips} of several runs each, such as seeds: every metric is the mean over the runs, on the same draws of clips for all.
 * The intervals are over clips, the deviations over runs.
 *
 * @param a - One or more runs on the same clips.
 * @param b - The same clips; as many runs or not.
 * @throws {@link DataError} if they are not the same clips.
 */
export function compareRuns(
  a: readonly (readonly ComparedClip[])[],
  b: readonly (readonly ComparedClip[])[],
  { resamples = 2000, seed = 0 }: BootstrapOptions = {},
): Comparison {
  const [first] = a;
  if (!first || b.length === 0) throw new DataError('compareRuns: expected at least one run on each side, got none.');
  // every run in the order of the first
  const [ofA, ofB] = [a, b].map((runs) => runs.map((run) => paired(first, run).map(([, clip]) => clip)));
  const compare = <V>(
    metric: (predicted: V[], actual: number[]) => number,
    better: 1 | -1,
    get: (clip: ComparedClip) => V,
  ): MetricComparison => {
    const truth = first.map((clip) => clip.trueScore);
    // a value for each run
    const [valuesOfA, valuesOfB] = [ofA!, ofB!].map((runs) =>
      first.map((_, clip) => runs.map((run) => get(run[clip]!))),
    );
    const overRuns = (values: V[][], t: number[]) =>
      values[0]!.map((_, run) =>
        metric(
          values.map((of) => of[run]!),
          t,
        ),
      );
    const mean = (values: V[][], t: number[]) => meanOf(overRuns(values, t));
    const signed = (values: V[][], t: number[]) => better * mean(values, t);
    const settings = { level: 0.95, resamples, seed };
    const { difference, interval, p } = pairedBootstrap(signed, valuesOfA!, valuesOfB!, truth, settings);
    const [low, high] = better === 1 ? interval : [-interval[1], -interval[0]];
    const several = a.length > 1 || b.length > 1;
    const deviation = (values: V[][]) => spread(overRuns(values, truth)).deviation;
    return {
      a: mean(valuesOfA!, truth),
      b: mean(valuesOfB!, truth),
      difference: better * difference,
      interval: [low, high],
      p,
      ...(several && { deviations: { a: deviation(valuesOfA!), b: deviation(valuesOfB!) } }),
    };
  };
  const score = (clip: ComparedClip) => clip.predictedScore;
  const isHit = (threshold: number) => (clip: ComparedClip) =>
    intervalHit(clip.predictedTransitions, clip.trueTransitions, threshold);
  const relativeL2x100 = relativeL2x100Over(first.map((clip) => clip.trueScore));
  return {
    clips: first.length,
    ...((a.length > 1 || b.length > 1) && { runs: { a: a.length, b: b.length } }),
    srcc: compare(spearman, 1, score),
    rl2x100: compare(relativeL2x100, -1, score),
    meanAbsoluteError: compare(meanAbsoluteError, -1, score),
    aiou50: compare(meanOf, 1, isHit(0.5)),
    aiou75: compare(meanOf, 1, isHit(0.75)),
  };
}

function paired(a: readonly ComparedClip[], b: readonly ComparedClip[]): [ComparedClip, ComparedClip][] {
  const others = new Map(b.map((clip) => [clip.id, clip]));
  const unmatched = a.find(({ id }) => !others.has(id)) ?? (others.size === a.length ? undefined : b.at(-1));
  if (a.length !== b.length || unmatched || a.length < 2) {
    const what = unmatched ? `, ${unmatched.id} in one alone` : '';
    throw new DataError(
      `compareClips: expected the same clips twice, at least two, got ${a.length} and ${b.length}${what}.`,
    );
  }
  return a.map((clip) => {
    const other = others.get(clip.id)!;
    const isSame = clip.trueScore === other.trueScore && clip.trueTransitions.join() === other.trueTransitions.join();
    if (!isSame) {
      throw new DataError(
        `compareClips: expected the same labels of ${clip.id} twice, got score ${clip.trueScore} with transitions ${clip.trueTransitions.join(' ')} and ${other.trueScore} with ${other.trueTransitions.join(' ')}.`,
      );
    }
    return [clip, other];
  });
}
