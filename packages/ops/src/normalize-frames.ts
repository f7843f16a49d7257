import { formatShape, ShapeError } from '@mcore/errors';
import * as tf from '@tensorflow/tfjs-core';
import { runKernelOr } from './plain/run-kernel.js';

/** Mean of ImageNet's red, green and blue values in 0 .. 1 (torchvision's constants, as the released code uses them). */
export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
/** Standard deviation, see {@link IMAGENET_MEAN}. */
export const IMAGENET_DEVIATION = [0.229, 0.224, 0.225] as const;

/** Packed 8-bit RGB frames, as `Frames` of `@mcore/clips`. */
export interface PackedFrames {
  /** `[count, height, width, 3]`. */
  data: Uint8Array | Uint8ClampedArray;
  count: number;
  height: number;
  width: number;
}

/**
 * Scales 8-bit RGB to 0 .. 1, then by ImageNet's mean and deviation: `(x / 255 - mean) / deviation`. No gradient.
 *
 * @param frames - A tensor `[..., 3]` of values 0 .. 255, or packed frames.
 * @returns float32, `[..., 3]`, or `[count, height, width, 3]` of packed frames; the caller disposes it.
 * @throws ShapeError if the last axis is not 3 or the packed data is too short or too long.
 */
export function normalizeFrames(frames: PackedFrames): tf.Tensor4D;
export function normalizeFrames<Input extends tf.Tensor>(frames: Input): Input;
export function normalizeFrames(frames: tf.Tensor | PackedFrames): tf.Tensor {
  if (!(frames instanceof tf.Tensor)) {
    return normalizePacked(frames);
  }
  if (frames.shape[frames.rank - 1] !== 3) {
    throw new ShapeError(`normalizeFrames: frames must be [..., 3], got ${formatShape(frames.shape)}.`);
  }
  // one row per line of pixels: tfjs's wasm backend is slow with vectors of 3, and its webgpu backend can't multiply rank 5 by them
  const line = 3 * (frames.shape[frames.rank - 2] ?? 1);
  const eachChannel = (value: (mean: number, deviation: number) => number) =>
    tf.tensor1d(
      Float32Array.from({ length: line }, (_, at) => value(IMAGENET_MEAN[at % 3]!, IMAGENET_DEVIATION[at % 3]!)),
    );
  return tf.tidy(() => {
    const factor = eachChannel((_, deviation) => 1 / (255 * deviation));
    const offset = eachChannel((mean, deviation) => -mean / deviation);
    const lines = tf.reshape(tf.cast(frames, 'float32'), [-1, line]);
    return tf.reshape(tf.add(tf.mul(lines, factor), offset), frames.shape);
  });
}

/** Writes the uploaded values directly, through a table of 256 values per channel. */
function normalizePacked({ data, count, height, width }: PackedFrames): tf.Tensor4D {
  if (data.length !== count * height * width * 3) {
    throw new ShapeError(
      `normalizeFrames: data must have ${count * height * width * 3} values for ${formatShape([count, height, width, 3])}, got ${data.length}.`,
    );
  }
  const table = new Float32Array(3 * 256);
  for (let value = 0; value < 256; value++) {
    for (let channel = 0; channel < 3; channel++) {
      table[channel * 256 + value] = (value / 255 - IMAGENET_MEAN[channel]!) / IMAGENET_DEVIATION[channel]!;
    }
  }
  const shape = [count, height, width, 3];
  return runKernelOr<tf.Tensor4D>('McoreNormalizeBytes', { inputs: {}, attributes: { data, table, shape } }, () =>
    tf.tensor4d(lookUp(data, table), [count, height, width, 3]),
  );
}

function lookUp(data: Uint8Array | Uint8ClampedArray, table: Float32Array): Float32Array {
  const values = new Float32Array(data.length);
  for (let index = 0; index < data.length; index += 3) {
    values[index] = table[data[index]!]!;
    values[index + 1] = table[256 + data[index + 1]!]!;
    values[index + 2] = table[512 + data[index + 2]!]!;
  }
  return values;
}
