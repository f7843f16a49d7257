import {
  loadWasmKernels,
  type StreamConfig,
  type StreamFrames,
  type StreamKernels,
  weightSizes,
} from '@mcore/backbone-stream';
import { loadNativeKernels, type NativeOptions } from '@mcore/backbone-stream/node';

/** The streaming backbone's C code, compiled for one thing that can run it. */
export interface CompiledStream {
  readonly target: string;
  /** Whether one clip can have several threads. */
  readonly threaded: boolean;
  load(threads?: number): Promise<StreamKernels> | StreamKernels;
}

/** What it was compiled for, where that can run here. */
export const COMPILED_STREAMS: readonly CompiledStream[] = [
  { target: 'WebAssembly', threaded: false, load: () => loadWasmKernels({ relaxedSimd: false }) },
  ...native('the newest instructions', {}),
  ...native('AVX2', { instructions: 'AVX2' }),
];

/** Nothing on platforms without an addon; the tests of `@mcore/backbone-stream` check what is said there. */
function native(target: string, options: NativeOptions): CompiledStream[] {
  try {
    loadNativeKernels(options);
  } catch {
    return [];
  }
  const load = (threads?: number) => loadNativeKernels({ ...options, ...(threads ? { threads } : {}) });
  return [{ target, threaded: true, load }];
}

/** Weights none of which is trivial, of a size that keeps activations near 1. */
export function streamWeights(config: StreamConfig): Map<string, Float32Array> {
  return new Map(
    [...weightSizes(config)].map(([name, size], index) => {
      if (/bn\.weight|running_var/.test(name)) return [name, noise(index, size, 0.6, 1.4)];
      if (/bias|running_mean/.test(name)) return [name, noise(index, size, -0.3, 0.3)];
      return [name, noise(index, size, -0.25, 0.25)];
    }),
  );
}

/** Frames of bytes. */
export function streamFrames(count: number, height: number, width: number): StreamFrames {
  return { data: Uint8Array.from(noise(1, count * height * width * 3, 0, 256)), count, height, width };
}

/** The frames from `start` to before `end`. */
export function cutFrames({ data, height, width }: StreamFrames, start: number, end: number): StreamFrames {
  const size = height * width * 3;
  return { data: data.subarray(start * size, end * size), count: end - start, height, width };
}

/** Numbers in [low, high) that depend on the seed and their position alone. */
function noise(seed: number, count: number, low: number, high: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + ((high - low) * state) / 2 ** 32;
  });
}
