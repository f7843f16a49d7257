/**
 * The marks of a dive that count, sorted: of seven judges the third to fifth, of three all. Other panels, such as the five judges of the
 * synchronisation in synchronised diving, have no three that count alone.
 *
 * Source: World Aquatics, Competition Regulations, part four (diving), section on the calculation of scores. FineDiving lists 7 marks for
 * 1,369 clips, 3 for 1,024 and 5 for 607.
 *
 * @param awards - In any order.
 * @param count - Marks that count.
 * @returns `count` marks, ascending, or null.
 */
export function countingMarks(awards: readonly number[], count = 3): number[] | null {
  const sorted = [...awards].sort((a, b) => a - b);
  if (sorted.length === count) return sorted;
  if (sorted.length !== count + 4) return null;
  return sorted.slice(2, 2 + count);
}
