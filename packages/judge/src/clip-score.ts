import {
  type CheckpointInfo,
  type ExemplarVote,
  type InDistribution,
  type InexactMatch,
  leastScore,
} from '@mcore/model';
import type { ExemplarMatch } from './choose-exemplars.js';

/** The score of one clip with what it rests on. */
export interface ClipScore {
  /** In points; not below 0 where no training score was. */
  score: number;
  /**
   * Contains the judges' score with probability `level`, as calibrated on validation clips that were compared with exemplars found in the same
   * way; `null` where that is not known, see `noInterval`.
   */
  interval: [number, number] | null;
  /** Of `interval`; `null` without one. */
  level: number | null;
  /** Why there is no interval; `null` where there is one. */
  noInterval: NoInterval | null;
  /** Standard deviation over the exemplars' votes, points. */
  spread: number;
  /** The clip is known to be rendered, not filmed. */
  rendered: boolean;
  /** Whether the weights were trained on film; if not, the score of a filmed clip is no judgement. */
  judgesRealDives: boolean;
  /** Whether the clip is like those that the weights know, with what the answer rests on; `null` for weights without limits. */
  inDistribution: InDistribution | null;
  /** Where the later stages begin, as indices of sampled frames. */
  positions: number[];
  /** How sure the segmenter is of each: the fraction of its probability near it, in [0, 1]. */
  transitionConfidence: number[];
  /** Which transitions have a confidence below `UNCERTAIN`: a person should check them. */
  uncertainTransitions: boolean[];
  /** How the exemplars were found. */
  match: ExemplarMatch;
  /** The vote of every exemplar. */
  exemplars: ExemplarVote[];
}

/** Why a score has no interval. */
export type NoInterval = 'weights of rendered dives on film' | 'not like the training clips' | 'not calibrated';

/** Where a clip comes from. */
export interface ClipOrigin {
  /**
   * The clip is rendered by `@mcore/rendered-dives`. A video file that `mcore data render` or `writeVideo` wrote says so itself; other clips
   * count as filmed unless this is set.
   */
  readonly rendered?: boolean;
}

/** Weights trained on renderings have never seen a real dive: their errors on film are not known. */
export function judgesRealDives({ data }: CheckpointInfo): boolean {
  return data?.rendering === undefined;
}

/** A score within its possible range, with its interval where one holds. */
export function scoreWithInterval(
  predicted: number,
  info: CheckpointInfo,
  clip: { match: ExemplarMatch; rendered: boolean; known: InDistribution | null },
): Pick<ClipScore, 'score' | 'interval' | 'level' | 'noInterval'> {
  const least = leastScore(info.labelRange);
  const score = Math.max(least, predicted);
  const halfWidth = halfWidthOf(info, clip.match);
  const noInterval: NoInterval | null =
    !judgesRealDives(info) && !clip.rendered
      ? 'weights of rendered dives on film'
      : clip.known?.value === false
        ? 'not like the training clips'
        : halfWidth === undefined
          ? 'not calibrated'
          : null;
  if (noInterval !== null) return { score, interval: null, level: null, noInterval };
  const interval: [number, number] = [Math.max(least, predicted - halfWidth!), Math.max(least, predicted + halfWidth!)];
  return { score, interval, level: info.calibration!.level, noInterval };
}

/** How exemplars were found, as calibrations name it. */
const INEXACT: Readonly<Partial<Record<ExemplarMatch, InexactMatch>>> = {
  'nearest dive number': 'nearestClass',
  'nearest by features': 'nearestFeatures',
};

function halfWidthOf({ calibration }: CheckpointInfo, match: ExemplarMatch): number | undefined {
  const inexact = INEXACT[match];
  return inexact === undefined ? calibration?.halfWidth : calibration?.byMatch?.[inexact]?.halfWidth;
}
