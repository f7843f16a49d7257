import { ShapeError } from '@mcore/errors';
import type { Frames } from './types.js';

/** Throws unless the data has `[count, height, width, 3]` bytes and there is at least one pixel per frame. */
export function assertFrames(caller: string, frames: Frames): void {
  const { data, count, height, width } = frames;
  const whole = [count, height, width].every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!whole || height < 1 || width < 1 || data.length !== count * height * width * 3) {
    throw new ShapeError(
      `${caller}: frames must have [count, height, width, 3] = [${count}, ${height}, ${width}, 3] bytes, got ${data.length}.`,
    );
  }
}
