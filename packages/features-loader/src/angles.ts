import type { FeatureSequence } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';

/** Which channels are angles, and how. */
export interface AngleOptions {
  /** First channel that is an angle, from 0; 0 unless given. */
  readonly from?: number;
  /** First channel after them; all unless given. */
  readonly to?: number;
  /** Unit of the angles; `'degrees'` unless given. */
  readonly unit?: 'degrees' | 'radians';
}

/**
 * Angles as sine and cosine, which don't jump where an angle passes a whole turn: the sines in the place of the angles, then the cosines, then
 * the other channels.
 *
 * @param sequence - `[steps, channels]`.
 * @param options - Which channels are angles.
 * @returns `[steps, channels + angles]`.
 * @throws {@link ArgumentError} if the sequence lacks one of the channels.
 */
export function sineCosine(sequence: FeatureSequence, options: AngleOptions = {}): FeatureSequence {
  const { from, to, turn } = checked('sineCosine', sequence, options);
  const { data, steps, channels } = sequence;
  const angles = to - from;
  const width = channels + angles;
  const result = new Float32Array(steps * width);
  for (let step = 0; step < steps; step++) {
    const row = data.subarray(step * channels, (step + 1) * channels);
    const out = step * width;
    result.set(row.subarray(0, from), out);
    for (let angle = 0; angle < angles; angle++) {
      const radians = (row[from + angle]! * 2 * Math.PI) / turn;
      result[out + from + angle] = Math.sin(radians);
      result[out + to + angle] = Math.cos(radians);
    }
    result.set(row.subarray(to), out + to + angles);
  }
  return { data: result, steps, channels: width };
}

/**
 * Angles without jumps: whole turns are added so that no step changes by more than half a turn, as `numpy.unwrap` does, and so that the mean of
 * a clip lies within half a turn of 0.
 *
 * @param sequence - `[steps, channels]`.
 * @param options - Which channels are angles.
 * @returns Shaped like `sequence`.
 * @throws {@link ArgumentError} if the sequence lacks one of the channels.
 */
export function unwrapAngles(sequence: FeatureSequence, options: AngleOptions = {}): FeatureSequence {
  const { from, to, turn } = checked('unwrapAngles', sequence, options);
  const { data, steps, channels } = sequence;
  const result = data.slice();
  for (let channel = from; channel < to; channel++) {
    let [turns, sum] = [0, 0];
    for (let step = 0; step < steps; step++) {
      const at = step * channels + channel;
      if (step > 0) turns -= Math.round((data[at]! - data[at - channels]!) / turn);
      result[at] = data[at]! + turns * turn;
      sum += result[at]!;
    }
    const centre = Math.round(sum / steps / turn) * turn;
    for (let step = 0; step < steps; step++) result[step * channels + channel]! -= centre;
  }
  return { data: result, steps, channels };
}

function checked(caller: string, { channels }: FeatureSequence, options: AngleOptions) {
  const { from = 0, to = channels, unit = 'degrees' } = options;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to > channels || from >= to) {
    throw new ArgumentError(`${caller}: from and to must be channels, 0 to ${channels}, got ${from} and ${to}.`);
  }
  return { from, to, turn: unit === 'degrees' ? 360 : 2 * Math.PI };
}
