import { ArgumentError } from '@mcore/errors';
import type { Video } from './types.js';

/**
 * The first and the last frame that are shown from `start` to `end`, both included.
 *
 * @param caller - For the message.
 * @param start - In seconds from the video's first frame, as `end`.
 * @returns Their indices.
 * @throws {@link ArgumentError} if no frame is shown then.
 */
export function framesBetween(caller: string, video: Video, start: number, end: number): [first: number, last: number] {
  const first = video.timestamps.findIndex((second) => second >= start - 1e-6);
  const last = video.timestamps.findLastIndex((second) => second <= end + 1e-6);
  if (first >= 0 && last >= first) return [first, last];
  throw new ArgumentError(
    `${caller}: expected a part of ${video.name} with frames in it, 0 .. ${video.durationSeconds.toFixed(2)} s, got ${start} .. ${end} s.`,
  );
}
