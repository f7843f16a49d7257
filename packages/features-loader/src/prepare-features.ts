import type { FeatureSequence } from '@mcore/clips';
import { type AngleOptions, sineCosine, unwrapAngles } from './angles.js';

/** What is done to the features of every clip after they are read and joined, in this order. */
export interface FeaturePreparation {
  /** How angles are written: without jumps, or as sine and cosine. */
  readonly angles?: AngleOptions & { readonly form: 'unwrap' | 'sine-cosine' };
  /** Whether the mean of a clip is taken from each of its channels: how a person stands or is built says less than how they move. */
  readonly centre?: boolean;
  /** Whether each channel's range and deviation over the clip are added as channels that never change. */
  readonly range?: boolean;
}

/**
 * Prepares the features of a clip.
 *
 * @param sequence - `[steps, channels]`.
 * @param preparation - See {@link FeaturePreparation}; nothing is done unless it says so.
 * @returns A new sequence; with `range` it has three times the channels: the features, their ranges, their deviations.
 * @throws ArgumentError if angles are in channels that the sequence hasn't.
 */
export function prepareFeatures(sequence: FeatureSequence, preparation: FeaturePreparation): FeatureSequence {
  const { angles, centre = false, range = false } = preparation;
  const plain = angles ? (angles.form === 'unwrap' ? unwrapAngles : sineCosine)(sequence, angles) : sequence;
  if (!centre && !range) return plain;
  const { data, steps, channels } = plain;
  const width = range ? 3 * channels : channels;
  const result = new Float32Array(steps * width);
  for (let channel = 0; channel < channels; channel++) {
    const { mean, spread, deviation } = statisticsOf(plain, channel);
    for (let step = 0; step < steps; step++) {
      const out = step * width + channel;
      result[out] = data[step * channels + channel]! - (centre ? mean : 0);
      if (!range) continue;
      result[out + channels] = spread;
      result[out + 2 * channels] = deviation;
    }
  }
  return { data: result, steps, channels: width };
}

/** Of one channel over the clip. */
function statisticsOf({ data, steps, channels }: FeatureSequence, channel: number) {
  let [low, high, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let at = channel; at < data.length; at += channels) {
    low = Math.min(low, data[at]!);
    high = Math.max(high, data[at]!);
    sum += data[at]!;
  }
  const mean = sum / steps;
  for (let at = channel; at < data.length; at += channels) squares += (data[at]! - mean) ** 2;
  return { mean, spread: high - low, deviation: Math.sqrt(squares / steps) };
}
