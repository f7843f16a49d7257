import { type FrameSize, type Frames, resizeFrames } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { videoLimits } from './types.js';

/** Puts decoded frames where they belong in a result: in the asked order, once or several times each. */
export interface FrameAssembly {
  /** The different indices, ascending: what to decode, in that order. */
  readonly expected: readonly number[];
  /** Resizes a frame and copies it to every place that asked for it. */
  place(index: number, frame: Frames): void;
  /** The result; valid when every expected index was placed. */
  readonly frames: Frames;
}

/**
 * Checks what is asked for and allocates its result.
 *
 * @throws {@link ArgumentError} if an index or the size is out of range, or the result would be above 2 GiB.
 */
export function assembleFrames(indices: readonly number[], frameCount: number, size: FrameSize): FrameAssembly {
  for (const index of indices) assertIndex('readFrames', index, frameCount);
  const { height, width } = size;
  if (![height, width].every((length) => Number.isSafeInteger(length) && length >= 1)) {
    throw new ArgumentError(`readFrames: size must be whole numbers of at least 1, got ${width} x ${height}.`);
  }
  const bytes = indices.length * height * width * 3;
  if (bytes > videoLimits.resultBytes) {
    throw new ArgumentError(
      `readFrames: the result must be at most ${videoLimits.resultBytes} bytes, got ${indices.length} frames of ` +
        `${width} x ${height} pixels, ${bytes} bytes; give a smaller size or fewer indices.`,
    );
  }
  const places = new Map<number, number[]>();
  for (const [place, index] of indices.entries()) {
    const known = places.get(index);
    if (known) known.push(place);
    else places.set(index, [place]);
  }
  const data = new Uint8Array(bytes);
  const fits = (frame: Frames) => frame.height === height && frame.width === width;
  return {
    expected: [...places.keys()].sort((a, b) => a - b),
    place(index, frame) {
      const resized = fits(frame) ? frame : resizeFrames(frame, size);
      for (const place of places.get(index) ?? []) data.set(resized.data, place * height * width * 3);
    },
    frames: { data, count: indices.length, height, width },
  };
}

/** Frames to decode one after the other, each once, with how often each was asked for. */
export interface Runs {
  /** The different indices, in order; checked as they are taken. */
  different(): Generator<number, void, undefined>;
  /** How often an index that {@link different} gave was asked for. */
  copies(index: number): number;
}

/**
 * Divides ascending indices into runs of equal ones, without holding more of them than are being decoded.
 *
 * @throws {@link ArgumentError} from `different` if an index is out of range or less than the one before.
 */
export function runsOf(indices: Iterable<number>, frameCount: number): Runs {
  const counts = new Map<number, number>();
  return {
    *different() {
      let current: number | undefined;
      let count = 0;
      for (const index of indices) {
        assertIndex('streamFrames', index, frameCount);
        if (current !== undefined && index < current) {
          throw new ArgumentError(`streamFrames: expected ascending indices, got ${index} after ${current}.`);
        }
        if (index === current) {
          count++;
          continue;
        }
        if (current !== undefined) {
          counts.set(current, count);
          yield current;
        }
        [current, count] = [index, 1];
      }
      if (current === undefined) return;
      counts.set(current, count);
      yield current;
    },
    copies(index) {
      const count = counts.get(index) ?? 0;
      counts.delete(index);
      return count;
    },
  };
}

function assertIndex(caller: string, index: number, frameCount: number): void {
  if (Number.isSafeInteger(index) && index >= 0 && index < frameCount) return;
  throw new ArgumentError(`${caller}: indices must be whole numbers in 0 .. ${frameCount - 1}, got ${index}.`);
}
