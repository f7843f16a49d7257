import { McoreError, withoutCaller } from '@mcore/errors';
import { notesOf } from './source-notes.js';
import type { Clip, ClipSource } from './types.js';

/**
 * The same source with other clips: a part of them, or with another split.
 *
 * @param clips - Ids that the source has.
 * @param notes - What a person should know of the choice, after the notes of the source.
 */
export function partOfSource<S extends ClipSource>(
  source: S,
  clips: readonly Clip[],
  notes: readonly string[] = [],
): ClipSource & { readonly notes: readonly string[] } {
  const { description, kind, rendering, transitionsFrom } = source;
  return {
    clips,
    description,
    ...(kind !== undefined && { kind }),
    ...(rendering && { rendering }),
    ...(transitionsFrom && { transitionsFrom }),
    notes: [...notesOf(source), ...notes],
    ...(source.frameKey && { frameKey: (id: string) => source.frameKey!(id) }),
    readFrames: (id, indices, options) => source.readFrames(id, indices, options),
  };
}

/** Clips looked at in one go. */
const AT_ONCE = 4;

/**
 * Leaves out the clips whose first or last frame can't be read, and says so in the notes: how many, of which events or classes.
 *
 * @throws McoreError if no clip is left; whatever is thrown for other reasons than missing or damaged frames.
 */
export async function withoutUnreadable(source: ClipSource): Promise<ClipSource> {
  const problems = new Map<string, string>();
  let next = 0;
  const look = async () => {
    for (let at = next++; at < source.clips.length; at = next++) {
      const { id, frameCount } = source.clips[at]!;
      try {
        // only whether they decode matters, so the smallest size will do
        await source.readFrames(id, [0, frameCount - 1], { size: { height: 1, width: 1 } });
      } catch (error) {
        if (!(error instanceof McoreError)) throw error;
        problems.set(id, withoutCaller(error.message));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, look));
  if (problems.size === 0) return source;
  const left = source.clips.filter(({ id }) => problems.has(id));
  const kept = source.clips.filter(({ id }) => !problems.has(id));
  const [first] = left;
  if (kept.length === 0) {
    throw new McoreError(
      'ERR_MCORE_DATA',
      `expected clips whose frames can be read in ${source.description}, got none of ${left.length}. ${problems.get(first!.id)}`,
    );
  }
  return partOfSource(source, kept, [leftOutNote(left, source.clips.length)]);
}

/** Groups that a note names; the others are counted. */
const NAMED_GROUPS = 5;

/**
 * What should be said of clips that were left out: `7 of 40 clips left out, their frames can't be read: 4 of 01, 3 of 02`.
 *
 * @param left - By event, or by class where they have no event.
 * @param total - Clips, those left out included.
 */
export function leftOutNote(left: readonly Pick<Clip, 'competition' | 'diveNumber'>[], total: number): string {
  const counts = new Map<string, number>();
  for (const { competition, diveNumber } of left) {
    const group = competition === '' ? diveNumber : competition;
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  const groups = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const named = groups.slice(0, NAMED_GROUPS).map(([group, count]) => `${count} of ${group}`);
  const more = groups.length > NAMED_GROUPS ? ` and ${groups.length - NAMED_GROUPS} more groups` : '';
  return `${left.length} of ${total} clips left out, their frames can't be read: ${named.join(', ')}${more}`;
}
