import { ArgumentError } from '@mcore/errors';

/**
 * The frame that stands for a transition. `'first-of-next'` is the first frame of the stage that begins; `'last-of-previous'` is the frame
 * before it; the released code trains on this one (it subtracts one from both labels).
 */
export type TransitionConvention = 'first-of-next' | 'last-of-previous';

/**
 * Maps a clip's transitions to its sampled frames: the first sampled frame that belongs to the new stage.
 *
 * @param transitions - Native index of the first frame of stage 2, 3, ..., ascending.
 * @param indices - Sampled native indices, ascending, as {@link sampleIndices} returns them.
 * @param convention - Which frame to return; 0 stays 0 under `'last-of-previous'`.
 * @returns One position in 0 .. indices.length - 1 for every transition; a stage that begins after the last sampled frame
 *   gets the last position.
 * @throws {@link ArgumentError} if `indices` is empty or a transition is not a whole number of 0 or more.
 */
export function sampleTransitions(
  transitions: readonly number[],
  indices: readonly number[],
  convention: TransitionConvention = 'first-of-next',
): number[] {
  if (indices.length === 0)
    throw new ArgumentError('sampleTransitions: expected at least one sampled index, got none.');
  return transitions.map((transition) => {
    if (!Number.isSafeInteger(transition) || transition < 0) {
      throw new ArgumentError(
        `sampleTransitions: transitions must be whole numbers of 0 or more, got [${transitions.join(', ')}].`,
      );
    }
    const found = indices.findIndex((index) => index >= transition);
    const first = found < 0 ? indices.length - 1 : found;
    return convention === 'first-of-next' ? first : Math.max(0, first - 1);
  });
}
