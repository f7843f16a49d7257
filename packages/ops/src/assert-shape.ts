import { formatShape, ShapeError } from '@mcore/errors';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * Throws unless a tensor fits a pattern.
 *
 * @param caller - Public function, for the message.
 * @param name - The argument, for the message.
 * @param tensor - The tensor to check.
 * @param pattern - Sizes; a word matches any size.
 * @throws ShapeError with the pattern and the actual shape.
 */
export function assertShape(
  caller: string,
  name: string,
  tensor: tf.Tensor,
  pattern: readonly (number | string)[],
): void {
  const fits =
    tensor.shape.length === pattern.length &&
    pattern.every((size, axis) => typeof size === 'string' || tensor.shape[axis] === size);
  if (!fits) {
    throw new ShapeError(`${caller}: ${name} must be ${formatShape(pattern)}, got ${formatShape(tensor.shape)}.`);
  }
}
