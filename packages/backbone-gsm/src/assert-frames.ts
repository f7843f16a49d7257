import { formatShape, ShapeError } from '@mcore/errors';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * Throws unless `x` is a batch of clips.
 *
 * @throws {@link ShapeError} unless it is float32 and `[batch, time, height, width, 3]` without empty axes.
 */
export function assertFrames(caller: string, x: tf.Tensor): void {
  const fits = x.shape.length === 5 && x.shape[4] === 3 && x.size > 0 && x.dtype === 'float32';
  if (!fits) {
    const expected = formatShape(['batch', 'time', 'height', 'width', 3]);
    throw new ShapeError(`${caller}: x must be float32 ${expected}, got ${x.dtype} ${formatShape(x.shape)}.`);
  }
}
