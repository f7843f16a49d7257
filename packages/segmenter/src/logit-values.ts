import { ArgumentError, formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';

/** Logits `[batch, time, transitions]`: a tensor, or its values from `await logits.array()`. */
export type Logits = tf.Tensor3D | readonly (readonly (readonly number[])[])[];

/**
 * Checks logits and returns their values.
 *
 * @param caller - Public function, for the message.
 * @param logits - At least as many frames as transitions.
 * @returns `[batch][time][transitions]`.
 * @throws {@link ShapeError} if the shape is invalid; {@link ArgumentError} if a value is NaN or positive infinity.
 */
export function logitValues(caller: string, logits: Logits): readonly (readonly (readonly number[])[])[] {
  const values = logits instanceof tf.Tensor ? logits.arraySync() : logits;
  const [batch, time, count] = [values.length, values[0]?.length ?? 0, values[0]?.[0]?.length ?? 0];
  const fits = values.every((clip) => clip.length === time && clip.every((frame) => frame.length === count));
  if (!fits || count < 1 || time < count) {
    const got = fits ? formatShape([batch, time, count]) : 'rows of different lengths';
    throw new ShapeError(`${caller}: logits must be [batch, time, transitions] with time >= transitions, got ${got}.`);
  }
  for (const [index, clip] of values.entries()) {
    const wrong = clip.flat().find((value) => !(value < Number.POSITIVE_INFINITY));
    if (wrong !== undefined) {
      throw new ArgumentError(`${caller}: logits must be finite or -Infinity, got ${wrong} for clip ${index}.`);
    }
  }
  return values;
}
