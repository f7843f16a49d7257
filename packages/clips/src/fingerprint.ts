import { hash48 } from './hash.js';
import type { Clip } from './types.js';

/**
 * Changes when a label of a clip changes or a clip comes or goes; the order of the clips does not matter.
 *
 * @returns 12 hexadecimal digits.
 */
export function labelsFingerprint(clips: readonly Clip[]): string {
  const rows = clips.map(({ id, competition, diveNumber, score, difficulty, frameCount, transitions, start }) =>
    JSON.stringify([id, competition, diveNumber, score, difficulty, frameCount, transitions, start ?? null]),
  );
  return hash48(rows.sort().join('\n')).toString(16).padStart(12, '0');
}
