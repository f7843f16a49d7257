import type { StageShape } from './exemplar-bank.js';

/**
 * Mean of every stage's features over its steps.
 *
 * @param values - Stages x steps x channels features, as in `EncodedClip`.
 * @returns Stages x channels.
 */
export function stageMeans(values: Float32Array, { stages, steps, channels }: StageShape): Float64Array {
  const means = new Float64Array(stages * channels);
  for (let stage = 0; stage < stages; stage++) {
    for (let step = 0; step < steps; step++) {
      const offset = (stage * steps + step) * channels;
      for (let channel = 0; channel < channels; channel++) {
        means[stage * channels + channel]! += values[offset + channel]! / steps;
      }
    }
  }
  return means;
}
