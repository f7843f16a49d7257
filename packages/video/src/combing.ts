import type { Frames } from '@mcore/clips';

/** How much a line differs from both of its neighbours where fields of two moments meet, in levels of 255. */
const DIFFERENCE = 12;

/** Sides of the blocks that are looked at, and how many combed pixels make a block combed. */
const BLOCK = 16;
const COMBED_PIXELS = 12;

/**
 * A picture of two fields without its combs: where lines of two moments alternate, each line becomes a mean of itself and its
 * neighbours, weights 1, 2, 1. A picture without combs is returned as it is.
 *
 * @param frame - One frame, `[1, height, width, 3]`, as coded (not turned).
 */
export function withoutCombs(frame: Frames): Frames {
  return isCombed(frame) ? blended(frame) : frame;
}

/** Whether any block of the picture is combed: many of its pixels differ from those above and below in the same direction. */
export function isCombed({ data, height, width }: Frames): boolean {
  const row = width * 3;
  for (let top = 0; top + BLOCK <= height; top += BLOCK) {
    const counts = new Uint16Array(Math.ceil(width / BLOCK));
    for (let y = Math.max(1, top); y < Math.min(height - 2, top + BLOCK); y++) {
      for (let x = 0; x < width; x++) {
        const at = y * row + x * 3 + 1; // green, which has most of the brightness
        const line = data[at]!;
        const [above, below, next] = [data[at - row]!, data[at + row]!, data[at + 2 * row]!];
        const up = line - above;
        const down = line - below;
        // lines two apart are of one field, so they are alike
        const alternates = up * down > DIFFERENCE * DIFFERENCE && Math.abs(line - next) < DIFFERENCE;
        if (alternates && Math.abs(above - below) < DIFFERENCE && ++counts[(x / BLOCK) | 0]! > COMBED_PIXELS)
          return true;
      }
    }
  }
  return false;
}

function blended({ data, count, height, width }: Frames): Frames {
  const row = width * 3;
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const [above, line, below] = [Math.max(0, y - 1) * row, y * row, Math.min(height - 1, y + 1) * row];
    for (let at = 0; at < row; at++) {
      result[line + at] = (data[above + at]! + 2 * data[line + at]! + data[below + at]! + 2) >> 2;
    }
  }
  return { data: result, count, height, width };
}
