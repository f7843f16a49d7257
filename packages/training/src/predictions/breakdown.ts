import { meanAbsoluteError, spearman } from '@mcore/metrics';
import { intervalHit, meanOf } from './clip-metrics.js';
import type { EvaluatedClip } from './evaluate-predictions.js';
import { groupBy } from './group-by.js';

/** Figures of a part of the clips. Parts are small: no intervals, and a correlation of few clips says little. */
export interface BreakdownRow {
  /** The dive number, or the competition. */
  group: string;
  clips: number;
  /** NaN where it is undefined: fewer than two clips, or equal scores. */
  srcc: number;
  /** In points. */
  meanAbsoluteError: number;
  /** Mean of predicted minus true, in points. */
  bias: number;
  /** In percent of clips; NaN where clips have no interval between labelled transitions. */
  aiou50: number;
  aiou75: number;
}

/**
 * Figures group by group, the largest group first.
 *
 * @param groupOf - Such as a clip's dive number.
 */
export function breakdown<C extends EvaluatedClip>(clips: readonly C[], groupOf: (clip: C) => string): BreakdownRow[] {
  return [...groupBy(clips, groupOf)]
    .map(([group, members]) => row(group, members))
    .sort((a, b) => b.clips - a.clips || (a.group < b.group ? -1 : 1));
}

function row(group: string, clips: readonly EvaluatedClip[]): BreakdownRow {
  const predicted = clips.map((clip) => clip.predictedScore);
  const actual = clips.map((clip) => clip.trueScore);
  const aiou = (threshold: number) =>
    meanOf(clips.map((clip) => intervalHit(clip.predictedTransitions, clip.trueTransitions, threshold)));
  return {
    group,
    clips: clips.length,
    srcc: spearman(predicted, actual),
    meanAbsoluteError: meanAbsoluteError(predicted, actual),
    bias: meanOf(clips.map((clip) => clip.predictedScore - clip.trueScore)),
    aiou50: aiou(0.5),
    aiou75: aiou(0.75),
  };
}
