import { formatShape, ShapeError } from '@mcore/errors';
import type { FrameData } from './kernels.js';

/** Frames of a clip; `Frames` of `@mcore/clips` are some. */
export interface StreamFrames {
  /** `[count, height, width, 3]`: bytes of RGB, or numbers that are normalised already. */
  readonly data: FrameData;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** @throws {@link ShapeError} if the data is of another size than it says, or of another type. */
export function assertFrames(caller: string, { data, count, height, width }: StreamFrames): void {
  const isKnown = data instanceof Float32Array || data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  const isWhole = [count, height, width].every((size) => Number.isSafeInteger(size) && size >= 0);
  if (isKnown && isWhole && height > 0 && width > 0 && data.length === count * height * width * 3) return;
  const shape = formatShape(['count', 'height', 'width', 3]);
  const got = isKnown ? `${data.length} numbers` : typeof data;
  throw new ShapeError(
    `${caller}: expected a Uint8Array or Float32Array of ${shape} = ${formatShape([count, height, width, 3])}, got ${got}.`,
  );
}
