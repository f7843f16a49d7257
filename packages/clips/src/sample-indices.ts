import { ArgumentError } from '@mcore/errors';

/**
 * The native frames that represent a clip: `floor(linspace(start, start + frameCount - 1, count)) - start`.
 *
 * Computed in float64 in numpy's order of operations (`i * step + start`; the last value is set, not computed), so rounding is the same as
 * when the published models were trained. For some starts and lengths (in FineDiving 134, 266 and 267 frames) an index is one less than
 * with `start = 0`. Clips with fewer than `count` frames repeat frames.
 *
 * Source: the sampling of the released MCoRe code, `np.linspace(first, last, 96).astype(int) - first`, where `first` is
 * the number in the name of the clip's first image.
 *
 * @param frameCount - Frames of the clip, at least 1.
 * @param count - Frames to sample, at least 1; 96 in the paper.
 * @param start - Number of the clip's first frame in its video, 0 or more.
 * @returns `count` ascending indices in 0 .. frameCount - 1.
 * @throws {@link ArgumentError} if an argument is not a whole number in its range.
 */
export function sampleIndices(frameCount: number, count: number, start = 0): number[] {
  assertWhole('frameCount', frameCount, 1);
  assertWhole('count', count, 1);
  assertWhole('start', start, 0);
  const delta = frameCount - 1;
  const step = delta / (count - 1);
  return Array.from({ length: count }, (_, index) => {
    if (count === 1) return 0;
    if (index === count - 1) return delta;
    return Math.floor(index * step + start) - start;
  });
}

function assertWhole(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new ArgumentError(`sampleIndices: ${name} must be a whole number of at least ${least}, got ${value}.`);
  }
}
