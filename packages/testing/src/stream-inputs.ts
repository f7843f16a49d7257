import { type StreamConfig, type StreamFrames, weightSizes } from '@mcore/backbone-stream';

/** Numbers in [low, high) that depend on the seed and their position alone. */
export function noise(seed: number, count: number, low: number, high: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + ((high - low) * state) / 2 ** 32;
  });
}

/** Weights none of which is trivial, of a size that keeps activations near 1. */
export function someWeights(config: StreamConfig): Map<string, Float32Array> {
  return new Map(
    [...weightSizes(config)].map(([name, size], index) => {
      if (/bn\.weight|running_var/.test(name)) return [name, noise(index, size, 0.6, 1.4)];
      if (/bias|running_mean/.test(name)) return [name, noise(index, size, -0.3, 0.3)];
      return [name, noise(index, size, -0.25, 0.25)];
    }),
  );
}

/** Frames of bytes. */
export function someFrames(count: number, height: number, width: number): StreamFrames {
  return { data: Uint8Array.from(noise(1, count * height * width * 3, 0, 256)), count, height, width };
}

/** The frames from `start` to before `end`. */
export function cut({ data, height, width }: StreamFrames, start: number, end: number): StreamFrames {
  const size = height * width * 3;
  return { data: data.subarray(start * size, end * size), count: end - start, height, width };
}
