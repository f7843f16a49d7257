import type { Costs, Verdict } from '../judge/judge-api.js';

/** What a person says of a video: what judges of their own are taught with. */
export interface Labels {
  /** Points; empty where nobody gave any. */
  score: number | null;
  /** Single awards; where there are some and a difficulty, the score follows from them. */
  awards: readonly number[];
  difficulty: number | null;
  /** Where stages 2, 3, ... begin, in seconds from the video's first frame; empty where nobody marked them. */
  transitionSeconds: readonly number[];
  /** Which part of a list it is in; `null` lets the training choose. */
  split: 'train' | 'test' | null;
}

/** What was found of a video that was judged, and by whom. */
export interface KeptVerdict {
  verdict: Verdict & { costs: Costs };
  /** With phases that were moved by hand. */
  corrected: Verdict | null;
  /** The dive number or class that it was compared as; empty for unknown. */
  className: string;
  trim: readonly [number, number];
  /** The judge's weights: verdicts of others are out of date. */
  judge: string;
  at: number;
}

/** One video of the library, without its file. */
export interface Item {
  id: string;
  name: string;
  addedAt: number;
  /** Dive number or class, as typed; empty for unknown. */
  className: string;
  /** The part that is judged, in seconds; `null` for all of it. */
  trim: readonly [number, number] | null;
  durationSeconds: number | null;
  frameCount: number | null;
  /** `too-long`: its ends have to be marked first. */
  status: 'waiting' | 'judging' | 'judged' | 'too-long' | 'failed';
  /** Why it failed, in a person's words. */
  trouble: string | null;
  kept: KeptVerdict | null;
  labels: Labels;
}

/** Labels of a video that nobody has labelled. */
export const noLabels: Labels = { score: null, awards: [], difficulty: null, transitionSeconds: [], split: null };

/** A video that was just added. */
export function newItem(id: string, name: string, addedAt: number): Item {
  return {
    ...{ id, name, addedAt, className: '', trim: null, durationSeconds: null, frameCount: null },
    ...{ status: 'waiting', trouble: null, kept: null, labels: noLabels },
  };
}

/** The score of an item as it stands: with its phases corrected by hand, where they are. */
export function scoredOf({ kept }: Item): Verdict['scored'] | null {
  return kept ? (kept.corrected ?? kept.verdict).scored : null;
}

/**
 * The score that awards give with a difficulty: of 5 awards the middle 3 count, of 7 the middle 3 too, of any other number all, raised to
 * three (World Aquatics, Competition Regulations, part four).
 *
 * @param awards - Each 0 to 10.
 */
export function scoreOfAwards(awards: readonly number[], difficulty: number): number {
  const sorted = [...awards].sort((a, b) => a - b);
  const left = Math.max(0, (sorted.length - 3) / 2);
  const counting = Number.isInteger(left) ? sorted.slice(left, sorted.length - left) : sorted;
  const mean = counting.reduce((sum, award) => sum + award, 0) / counting.length;
  return Math.round(mean * 3 * difficulty * 100) / 100;
}

/** The labelled score: that which was typed, else that of the awards. */
export function labelledScore({ score, awards, difficulty }: Labels): number | null {
  if (score !== null) return score;
  return awards.length > 0 ? scoreOfAwards(awards, difficulty ?? 1) : null;
}
