import { ArgumentError } from '@mcore/errors';

/** A training clip as far as borders depend on it. */
export interface BorderClip {
  /** What the head is trained on: points, or points / difficulty. */
  readonly value: number;
  /** Clips are compared with clips of the same key, such as the dive number; all have the same where any clip may be an exemplar. */
  readonly key: string | number;
}

/**
 * Differences between all pairs of training clips that may be compared, each unordered pair once, as earlier clip - later clip.
 *
 * @returns Signed differences; a Float64Array, since FineDiving has 146,949 pairs.
 */
export function pairDifferences(clips: readonly BorderClip[]): Float64Array {
  const byKey = new Map<string | number, number[]>();
  for (const { key, value } of clips) {
    const values = byKey.get(key);
    if (values) values.push(value);
    else byKey.set(key, [value]);
  }
  const count = [...byKey.values()].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0);
  const differences = new Float64Array(count);
  let next = 0;
  for (const values of byKey.values()) {
    for (let i = 0; i < values.length; i++) {
      for (let j = i + 1; j < values.length; j++) differences[next++] = values[i]! - values[j]!;
    }
  }
  return differences;
}

/**
 * Borders of the groups that score differences are classified into.
 *
 * - `'released'`: of the sorted sizes of the differences, the values at `floor((n - 1) i / (leaves / 2))`; the first border is 0 and the last
 *   `range`; negative groups mirror the positive ones.
 * - `'paper'`: the same rule on the signed differences, both ways round so that the order within a pair plays no part; the outer borders are
 *   `-range` and `range`.
 *
 * Source: Yu et al., "Group-aware Contrastive Regression for Action Quality Assessment", ICCV 2021, section 3.3, and the authors' code.
 *
 * @param differences - Of training pairs, as {@link pairDifferences} gives them.
 * @param options - `leaves`: groups, a power of 2, at least 2; `range`: the largest difference.
 * @returns `leaves + 1` ascending borders.
 * @throws {@link ArgumentError} if there is no difference, or an option is invalid.
 */
export function groupBorders(
  differences: ArrayLike<number>,
  { leaves, range, form }: { readonly leaves: number; readonly range: number; readonly form: 'paper' | 'released' },
): number[] {
  if (differences.length === 0) throw new ArgumentError('groupBorders: expected at least one difference, got none.');
  if (!Number.isInteger(Math.log2(leaves)) || leaves < 2) {
    throw new ArgumentError(`groupBorders: expected leaves to be a power of 2 of at least 2, got ${leaves}.`);
  }
  if (!(range > 0 && Number.isFinite(range))) {
    throw new ArgumentError(`groupBorders: expected range to be above 0, got ${range}.`);
  }
  if (form === 'paper') {
    const both = Float64Array.from({ length: 2 * differences.length }, (_, index) => {
      const difference = differences[index >> 1]!;
      return index % 2 === 0 ? difference : -difference;
    }).sort();
    return quantiles(both, leaves, -range, range);
  }
  const sizes = Float64Array.from(differences, Math.abs).sort();
  const positive = quantiles(sizes, leaves / 2, 0, range);
  return mirrored(positive);
}

function quantiles(sorted: Float64Array, groups: number, first: number, last: number): number[] {
  const inner = Array.from({ length: groups - 1 }, (_, index) => {
    const border = sorted[Math.floor((index + 1) * ((sorted.length - 1) / groups))]!;
    return Math.min(Math.max(border, first), last);
  });
  return [first, ...inner, last];
}

/** Where a difference lies among groups. */
interface GroupPlace {
  /** Its group. */
  readonly leaf: number;
  /** From 0 at the group's lower border to 1 at its upper one. */
  readonly position: number;
}

/**
 * The group of a difference and its position there. A difference of at least 0 lies in [lower, upper), one below 0 in (lower, upper]; one
 * beyond the outer borders counts as lying on them, where the released code trains the most negative group instead.
 *
 * @param difference - Of query and exemplar.
 * @param borders - Ascending.
 */
export function placeInGroups(difference: number, borders: readonly number[]): GroupPlace {
  const last = borders.length - 2;
  const clamped = Math.min(Math.max(difference, borders[0]!), borders.at(-1)!);
  let leaf = clamped >= 0 ? last : 0;
  for (let group = 0; group <= last; group++) {
    const [lower, upper] = [borders[group]!, borders[group + 1]!];
    const inside = clamped >= 0 ? lower <= clamped && clamped < upper : lower < clamped && clamped <= upper;
    if (inside) {
      leaf = group;
      break;
    }
  }
  const [lower, upper] = [borders[leaf]!, borders[leaf + 1]!];
  return { leaf, position: upper > lower ? (clamped - lower) / (upper - lower) : clamped - lower };
}

/** The difference that a position in a group stands for: the inverse of {@link placeInGroups}. */
export function differenceIn({ leaf, position }: GroupPlace, borders: readonly number[]): number {
  const [lower, upper] = [borders[leaf]!, borders[leaf + 1]!];
  return upper > lower ? lower + (upper - lower) * position : lower + position;
}

/**
 * Borders of FineDiving's quality (score / difficulty, 0 .. 30) between training clips of one dive number, 146,949 pairs, 16 leaves.
 */
export const FINEDIVING_QUALITY_BORDERS: readonly number[] = mirrored([0, 0.6, 1.5, 2.1, 3, 4.05, 5.5, 7.9, 30]);

function mirrored(positive: readonly number[]): number[] {
  return [
    ...positive
      .slice(1)
      .reverse()
      .map((border) => -border),
    ...positive,
  ];
}
