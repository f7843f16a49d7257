import type { Frames } from '@mcore/clips';

/** How a stored picture must be turned to be seen upright: clockwise, then mirrored left to right. */
export interface Orientation {
  readonly rotation: 0 | 90 | 180 | 270;
  readonly flip: boolean;
}

/**
 * Turns a picture upright and takes the colours out of its pixels.
 *
 * @param pixels - Rows of `stride` bytes, each pixel of `size` bytes that begin with red, green and blue.
 * @returns One frame, `[1, height, width, 3]`, with the sides exchanged for a quarter turn.
 */
export function uprightFrame(
  pixels: Uint8Array,
  { stride, size }: { readonly stride: number; readonly size: number },
  width: number,
  height: number,
  { rotation, flip }: Orientation,
): Frames {
  const turned = rotation === 90 || rotation === 270;
  const shownWidth = turned ? height : width;
  const shownHeight = turned ? width : height;
  // where the source pixel of the upper left corner lies, and what a step right and a step down add to it
  const start = {
    0: 0,
    90: (height - 1) * stride,
    180: (height - 1) * stride + (width - 1) * size,
    270: (width - 1) * size,
  }[rotation];
  const right = { 0: size, 90: -stride, 180: -size, 270: stride }[rotation];
  const down = { 0: stride, 90: size, 180: -stride, 270: -size }[rotation];
  const data = new Uint8Array(shownWidth * shownHeight * 3);
  const step = flip ? -right : right;
  let write = 0;
  for (let y = 0; y < shownHeight; y++) {
    let read = start + y * down + (flip ? (shownWidth - 1) * right : 0);
    for (let x = 0; x < shownWidth; x++) {
      data[write] = pixels[read]!;
      data[write + 1] = pixels[read + 1]!;
      data[write + 2] = pixels[read + 2]!;
      write += 3;
      read += step;
    }
  }
  return { data, count: 1, height: shownHeight, width: shownWidth };
}
