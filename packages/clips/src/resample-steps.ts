import { ArgumentError } from '@mcore/errors';
import type { FeatureSequence } from './features.js';

/**
 * Resamples a sequence to another number of steps by linear interpolation; the first and last steps stay.
 *
 * @param sequence - Any length.
 * @param steps - At least 1; a single step is the middle of the sequence.
 * @returns The sequence itself if it already has this number of steps.
 * @throws {@link ArgumentError} if `steps` is not a positive whole number.
 */
export function resampleSteps(sequence: FeatureSequence, steps: number): FeatureSequence {
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw new ArgumentError(`resampleSteps: steps must be a positive whole number, got ${steps}.`);
  }
  const { channels, steps: present } = sequence;
  if (steps === present) return sequence;
  const data = new Float32Array(steps * channels);
  const position = (step: number) => (steps === 1 ? (present - 1) / 2 : (step * (present - 1)) / (steps - 1));
  sampleSteps(
    sequence,
    Float64Array.from({ length: steps }, (_, step) => position(step)),
    data,
  );
  return { data, steps, channels };
}

/**
 * Shortens a sequence to a number of steps, each the mean of an equal part of it, so that noise averages out. A sequence that is no longer is
 * resampled by {@link resampleSteps}.
 *
 * @param sequence - Any length.
 * @param steps - At least 1.
 * @returns The sequence itself if it already has this number of steps.
 * @throws {@link ArgumentError} if `steps` is not a positive whole number.
 */
export function averageSteps(sequence: FeatureSequence, steps: number): FeatureSequence {
  const { data, channels, steps: present } = sequence;
  if (!(present > steps) || !Number.isSafeInteger(steps) || steps < 1) return resampleSteps(sequence, steps);
  const result = new Float32Array(steps * channels);
  const length = present / steps;
  const sums = new Float64Array(channels);
  for (let step = 0; step < steps; step++) {
    const [start, end] = [step * length, (step + 1) * length];
    sums.fill(0);
    for (let from = Math.floor(start); from < Math.min(present, Math.ceil(end - 1e-9)); from++) {
      const covered = Math.min(end, from + 1) - Math.max(start, from);
      for (let channel = 0; channel < channels; channel++) sums[channel]! += covered * data[from * channels + channel]!;
    }
    for (let channel = 0; channel < channels; channel++) result[step * channels + channel] = sums[channel]! / length;
  }
  return { data: result, steps, channels };
}

/**
 * Reads a sequence at any positions, with linear interpolation between its steps.
 *
 * @param sequence - Any length.
 * @param positions - In steps, 0 .. steps - 1; positions outside are clamped.
 * @param into - Receives positions x channels numbers, from `offset` on.
 * @param offset - First index to write, default 0.
 */
export function sampleSteps(
  { data, channels, steps }: FeatureSequence,
  positions: Float64Array,
  into: Float32Array,
  offset = 0,
): void {
  let write = offset;
  for (let index = 0; index < positions.length; index++) {
    const position = Math.max(0, Math.min(steps - 1, positions[index]!));
    const low = Math.min(Math.floor(position), Math.max(0, steps - 2));
    const weight = position - low;
    const from = low * channels;
    const next = Math.min(low + 1, steps - 1) * channels;
    for (let channel = 0; channel < channels; channel++) {
      const value = data[from + channel]!;
      into[write++] = value + weight * (data[next + channel]! - value);
    }
  }
}
