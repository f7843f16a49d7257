import { ArgumentError, ShapeError } from '@mcore/errors';

/** Frame indices of the transitions of every clip, `[batch][transitions]`: arrays or typed arrays. */
export type Transitions = ArrayLike<ArrayLike<number>>;

/**
 * Checks transitions and copies them into arrays.
 *
 * @param caller - Public function, for the message.
 * @param transitions - `[batch][count]` frame indices.
 * @param batch - Expected number of clips.
 * @param count - Expected transitions per clip.
 * @param last - Largest index allowed.
 * @throws {@link ShapeError} if there are more or fewer; {@link ArgumentError} if one is not a frame index.
 */
export function checkedTransitions(
  caller: string,
  transitions: Transitions,
  batch: number,
  count: number,
  last: number,
): number[][] {
  const rows = Array.from(transitions, (row) => Array.from(row));
  if (rows.length !== batch || rows.some((row) => row.length !== count)) {
    const got = rows.map((row) => row.length).join(', ');
    throw new ShapeError(`${caller}: transitions must be ${count} for each of ${batch} clips, got [${got}].`);
  }
  for (const [clip, row] of rows.entries()) {
    const wrong = row.find((frame) => !(Number.isInteger(frame) && frame >= 0 && frame <= last));
    if (wrong !== undefined) {
      throw new ArgumentError(
        `${caller}: transitions must be whole numbers in 0 .. ${last}, got ${wrong} for clip ${clip}.`,
      );
    }
  }
  return rows;
}
