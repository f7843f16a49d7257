import { ArgumentError, DataError } from '@mcore/errors';
import type { ClipSource } from './types.js';

/**
 * Transitions that cut a clip into stages of equal length (within a frame). They stand in for missing labels.
 *
 * @param frameCount - Frames of the clip, at least 1.
 * @param stages - At least 1.
 * @returns `stages - 1` native indices in 0 .. frameCount - 1, ascending.
 * @throws {@link ArgumentError} if an argument is not a whole number in its range.
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
 * The number of stages of the clips of a source: one more than their transitions.
 *
 * @throws {@link DataError} if a clip has a different number than the first, or only one stage; {@link ArgumentError} if there are no
 * clips.
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
    throw new DataError(`stagesOf: expected at least one transition per clip, got none for ${first.id}.`);
  return expected + 1;
}
