import { latencyOf, type StreamConfig } from './config.js';
import { weightSizes } from './fold-weights.js';
import type { StreamFrames } from './frames.js';
import type { StreamKernels } from './kernels.js';
import { StreamingBackbone } from './streaming-backbone.js';

/** A small backbone that has everything the paper's has. */
export const CHECK_CONFIG: StreamConfig = {
  stemWidth: 8,
  widths: [8, 16],
  depths: [1, 2],
  groupWidth: 8,
  gateShift: true,
};

/**
 * Features of {@link checkFrames} with {@link checkWeights}, of every third frame, every fourth channel. Computed by the tensor version
 * (`GsmRegNetY.inferenceModel()` on tfjs's cpu backend), which a test of `@mcore/backbone-gsm` repeats.
 */
export const CHECK_FEATURES: readonly number[] = [
  0.45021942, 0.11514331, 1.2936091, 0.044777244, 0.60955167, 0.0052473135, 0.74947238, 0.077648081, 0.64803457,
  0.15141472, 0.93052977, 0.097328752,
];

/**
 * Compares kernels with stored features of a small backbone.
 *
 * @returns The largest difference over the largest feature; 1e-6 where all is well.
 */
export function checkStreamKernels(kernels: StreamKernels): number {
  const backbone = new StreamingBackbone(CHECK_CONFIG, checkWeights(), kernels);
  try {
    return largestDifference(sampleFeatures(backbone.features(checkFrames())), CHECK_FEATURES);
  } finally {
    backbone.dispose();
  }
}

/** Weights that follow from their place. */
export function checkWeights(): Map<string, Float32Array> {
  return new Map(
    [...weightSizes(CHECK_CONFIG)].map(([name, size], index) => {
      const wave = (center: number, spread: number) =>
        Float32Array.from({ length: size }, (_, place) => center + spread * Math.sin(12.9898 * place + 78.233 * index));
      if (/bn\.weight|running_var/.test(name)) return [name, wave(1, 0.4)];
      if (/bias|running_mean/.test(name)) return [name, wave(0, 0.3)];
      return [name, wave(0, 0.4)];
    }),
  );
}

/** More frames than it looks ahead. */
export function checkFrames(): StreamFrames & { data: Uint8Array } {
  const [count, height, width] = [latencyOf(CHECK_CONFIG) + 3, 10, 14];
  const data = Uint8Array.from({ length: count * height * width * 3 }, (_, place) => (place * 7919) % 256);
  return { data, count, height, width };
}

/** What {@link CHECK_FEATURES} keeps of features. */
export function sampleFeatures(features: ArrayLike<number>): number[] {
  const channels = CHECK_CONFIG.widths.at(-1)!;
  return Array.from(features).filter(
    (_, place) => Math.floor(place / channels) % 3 === 0 && (place % channels) % 4 === 0,
  );
}

function largestDifference(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length || !actual.every(Number.isFinite)) return Number.NaN;
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, place) => Math.abs(value - actual[place]!))) / scale;
}
