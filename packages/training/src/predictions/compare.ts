import { DataError } from '@mcore/errors';
import { meanAbsoluteError, pairedBootstrap, spearman } from '@mcore/metrics';
import { intervalHit, meanOf, relativeL2x100Over } from './clip-metrics.js';
import type { BootstrapOptions, EvaluatedClip } from './evaluate-predictions.js';

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
}

/**
 * {@link compareClips} by metric; R-l2 is x 100, AIoU in percent. NaN throughout where a metric is undefined: correlation and R-l2 of equal
 * scores, AIoU of clips without an interval between labelled transitions.
 */
export interface Comparison {
  clips: number;
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
  { resamples = 2000, seed = 0 }: BootstrapOptions = {},
): Comparison {
  const pairs = paired(a, b);
  const compare = <P, A>(
    metric: (predicted: P[], actual: A[]) => number,
    better: 1 | -1,
    predictedOf: (clip: ComparedClip) => P,
    actualOf: (clip: ComparedClip) => A,
  ): MetricComparison => {
    const truth = pairs.map(([clip]) => actualOf(clip));
    const [ofA, ofB] = [pairs.map(([clip]) => predictedOf(clip)), pairs.map(([, clip]) => predictedOf(clip))];
    const signed = (p: P[], t: A[]) => better * metric(p, t);
    const { difference, interval, p } = pairedBootstrap(signed, ofA, ofB, truth, { level: 0.95, resamples, seed });
    const [low, high] = better === 1 ? interval : [-interval[1], -interval[0]];
    return {
      a: metric(ofA, truth),
      b: metric(ofB, truth),
      difference: better * difference,
      interval: [low, high],
      p,
    };
  };
  const score = (clip: ComparedClip) => clip.predictedScore;
  const trueScore = (clip: ComparedClip) => clip.trueScore;
  const isHit = (threshold: number) => (clip: ComparedClip) =>
    intervalHit(clip.predictedTransitions, clip.trueTransitions, threshold);
  const relativeL2x100 = relativeL2x100Over(pairs.map(([clip]) => clip.trueScore));
  return {
    clips: pairs.length,
    srcc: compare(spearman, 1, score, trueScore),
    rl2x100: compare(relativeL2x100, -1, score, trueScore),
    meanAbsoluteError: compare(meanAbsoluteError, -1, score, trueScore),
    aiou50: compare(meanOf, 1, isHit(0.5), trueScore),
    aiou75: compare(meanOf, 1, isHit(0.75), trueScore),
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
