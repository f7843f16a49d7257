import type { TableRow } from '@mcore/table';

/** What the column of a path may be called. */
export const pathColumns = ['path', 'video', 'file', 'filename'] as const;

/** A part of a video, in seconds from its first frame. */
export interface TimeSpan {
  readonly start?: number;
  readonly end?: number;
}

/**
 * The columns `start` and `end` of a row.
 *
 * @throws DataError if they are negative or the end is not after the start.
 */
export function timeSpan(row: TableRow): TimeSpan {
  const [start, end] = [row.number('start'), row.number('end')];
  for (const [name, value] of [['start', start] as const, ['end', end] as const]) {
    if (value !== undefined && value < 0) throw row.error(`seconds of 0 or more as ${name} in ${row.place}`, value);
  }
  if (end !== undefined && end <= (start ?? 0)) {
    throw row.error(`an end after the start, ${start ?? 0} s, in ${row.place}`, end);
  }
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}
