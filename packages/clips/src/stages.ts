import { ArgumentError, DataError } from '@mcore/errors';
import type { ClipSource } from './types.js';

/**
 * Transitions that cut a clip into stages of the same length (up to a frame): what stands in for labels where there are none.
 *
 * @param frameCount - Frames of the clip, at least 1.
 * @param stages - At least 1.
 * @returns `stages - 1` native indices in 0 .. frameCount - 1, ascending.
 * @throws {@link ArgumentError} if an argument is not such a whole number.
 */
export function equalParts(frameCount: number, stages: number): number[] {
  for (const [name, value] of Object.entries({ frameCount, stages })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ArgumentError(`equalParts: ${name} must be a whole number of at least 1, got ${value}.`);
    }
  }
  return Array.from({ length: stages - 1 }, (_, index) =>
    Math.min(frameCount - 1, Math.round(((index + 1) * frameCount) / stages)),
  );
}

/**
 * How many stages the clips of a source have, one more than transitions.
 *
 * @throws {@link DataError} if a clip has other many than the first, or one stage only; {@link ArgumentError} if there is no clip.
 */
export function stagesOf({ clips }: Pick<ClipSource, 'clips'>): number {
  const [first] = clips;
  if (!first) throw new ArgumentError('stagesOf: expected at least one clip, got none.');
  const expected = first.transitions.length;
  const other = clips.find(({ transitions }) => transitions.length !== expected);
  if (other) {
    throw new DataError(
      `stagesOf: expected ${expected} transitions for every clip, as ${first.id} has, got ${other.transitions.length} for ${other.id}.`,
    );
  }
  if (expected === 0)
    throw new DataError(`stagesOf: expected at least one transition a clip, got none for ${first.id}.`);
  return expected + 1;
}
