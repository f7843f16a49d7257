/** Groups clips by their competition, in the order in which competitions first appear. */
export function byCompetition<T extends { readonly competition: string }>(clips: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const clip of clips) {
    const group = groups.get(clip.competition);
    if (group) group.push(clip);
    else groups.set(clip.competition, [clip]);
  }
  return groups;
}
