import type { FineDivingLabel } from '@mcore/finediving-loader/labels';

/**
 * The dive that the page shows first: of the most frequent dive number (of several, the first in the alphabet), the dive with the median
 * score (of several, the first by id; of an even number, the lower of the middle two). Nothing of what a model says of it has a part in
 * the choice.
 *
 * @param dives - At least one.
 */
export function typicalDive<T extends Pick<FineDivingLabel, 'id' | 'diveNumber' | 'score'>>(dives: readonly T[]): T {
  const groups = new Map<string, T[]>();
  for (const dive of dives) groups.set(dive.diveNumber, [...(groups.get(dive.diveNumber) ?? []), dive]);
  const [, most] = [...groups].sort(([a, some], [b, others]) => others.length - some.length || compare(a, b))[0]!;
  const sorted = most.sort((a, b) => a.score - b.score || compare(a.id, b.id));
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
