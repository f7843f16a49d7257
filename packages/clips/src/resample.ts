import type { Frames } from './types.js';

/** A size in pixels. */
export interface FrameSize {
  readonly height: number;
  readonly width: number;
}

/** A rectangle of the resized frame; only this part is computed. */
interface Region extends FrameSize {
  readonly top: number;
  readonly left: number;
}

/** For every output position: its first source pixel, the number of source pixels, and their fixed-point weights. */
interface Kernel {
  readonly first: Int32Array;
  readonly taps: Int32Array;
  /** `[positions, widest]`, each row summing to about 2^22. */
  readonly weights: Int32Array;
  readonly widest: number;
}

/** Pillow keeps 32 bits: 8 for the pixel, 2 against overflow, the rest for the weight. */
const PRECISION_BITS = 32 - 8 - 2;
const HALF = 1 << (PRECISION_BITS - 1);

/**
 * Weights of a triangle filter that widens with the reduction (antialiasing), as Pillow computes them: in float64, over the
 * pixels whose centres lie within the support, normalised, then rounded half away from zero to fixed point.
 */
function triangleKernel(input: number, output: number, from: number, length: number): Kernel {
  const scale = input / output;
  const support = Math.max(scale, 1);
  const widest = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(length);
  const taps = new Int32Array(length);
  const weights = new Int32Array(length * widest);
  const row = new Float64Array(widest);
  const inverse = 1 / support;
  for (let position = 0; position < length; position++) {
    const centre = (from + position + 0.5) * scale;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const high = Math.min(input, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let tap = 0; tap < high - low; tap++) {
      const distance = Math.abs((tap + low - centre + 0.5) * inverse);
      row[tap] = distance < 1 ? 1 - distance : 0;
      sum += row[tap]!;
    }
    for (let tap = 0; tap < high - low; tap++) {
      const weight = sum === 0 ? row[tap]! : row[tap]! / sum;
      weights[position * widest + tap] = Math.trunc(weight * (1 << PRECISION_BITS) + 0.5);
    }
    first[position] = low;
    taps[position] = high - low;
  }
  return { first, taps, weights, widest };
}

/**
 * Resizes frames byte for byte as Pillow's `Image.resize(size, BILINEAR)` does for 8-bit RGB: antialiased triangle filter,
 * first along rows, then along columns, each pass rounded to 8 bits. Only the pixels inside `region` are computed.
 *
 * Source: the algorithm of Pillow's `ImagingResample` (facts read from its C source; goldens made by Pillow itself).
 *
 * @param mirrored - Whether the source is mirrored left to right before it is resized.
 */
export function resampleFrames(frames: Frames, size: FrameSize, region: Region, mirrored: boolean): Frames {
  const { count, height, width, data } = frames;
  if (size.height === height && size.width === width) return cropFrames(frames, region, mirrored);
  const columns = triangleKernel(width, size.width, region.left, region.width);
  const rows = triangleKernel(height, size.height, region.top, region.height);
  const lastRow = region.height - 1;
  const top = rows.first[0]!;
  const bottom = rows.first[lastRow]! + rows.taps[lastRow]!;
  const squeezed = new Uint8Array((bottom - top) * region.width * 3);
  const result = new Uint8Array(count * region.height * region.width * 3);
  const sums = new Int32Array(region.width * 3);
  for (let frame = 0; frame < count; frame++) {
    const source = data.subarray(frame * height * width * 3, (frame + 1) * height * width * 3);
    squeezeRows(source, width, top, bottom, columns, region.width, mirrored, squeezed);
    const target = result.subarray(frame * region.height * region.width * 3);
    squeezeColumns(squeezed, top, rows, region.height, region.width, sums, target);
  }
  return { data: result, count, height: region.height, width: region.width };
}

/** Cuts a rectangle from frames that keep their size. Equals resizing, without its arithmetic. */
function cropFrames({ count, height, width, data }: Frames, region: Region, mirrored: boolean): Frames {
  const stride = region.width * 3;
  const result = new Uint8Array(count * region.height * stride);
  let write = 0;
  for (let frame = 0; frame < count; frame++) {
    for (let y = 0; y < region.height; y++, write += stride) {
      const row = (frame * height + region.top + y) * width * 3;
      if (!mirrored) {
        const from = row + region.left * 3;
        result.set(data.subarray(from, from + stride), write);
        continue;
      }
      for (let x = 0, read = row + (width - 1 - region.left) * 3; x < stride; x += 3, read -= 3) {
        result[write + x] = data[read]!;
        result[write + x + 1] = data[read + 1]!;
        result[write + x + 2] = data[read + 2]!;
      }
    }
  }
  return { data: result, count, height: region.height, width: region.width };
}

/** `[rows, width, 3]` -> `[rows, outputs, 3]` */
function squeezeRows(
  source: Uint8Array,
  width: number,
  top: number,
  bottom: number,
  kernel: Kernel,
  outputs: number,
  mirrored: boolean,
  target: Uint8Array,
): void {
  const { first, taps, weights, widest } = kernel;
  const stride = mirrored ? -3 : 3;
  let write = 0;
  for (let y = top; y < bottom; y++) {
    const origin = (y * width + (mirrored ? width - 1 : 0)) * 3;
    for (let x = 0; x < outputs; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let read = origin + first[x]! * stride;
      const end = x * widest + taps[x]!;
      for (let tap = x * widest; tap < end; tap++) {
        const weight = weights[tap]!;
        red = (red + Math.imul(source[read]!, weight)) | 0;
        green = (green + Math.imul(source[read + 1]!, weight)) | 0;
        blue = (blue + Math.imul(source[read + 2]!, weight)) | 0;
        read += stride;
      }
      target[write] = clipped(red);
      target[write + 1] = clipped(green);
      target[write + 2] = clipped(blue);
      write += 3;
    }
  }
}

/** `[rows, width, 3]` -> `[outputs, width, 3]` */
function squeezeColumns(
  source: Uint8Array,
  top: number,
  kernel: Kernel,
  outputs: number,
  width: number,
  sums: Int32Array,
  target: Uint8Array,
): void {
  const { first, taps, weights, widest } = kernel;
  const stride = width * 3;
  for (let y = 0; y < outputs; y++) {
    sums.fill(HALF);
    for (let tap = 0; tap < taps[y]!; tap++) {
      const weight = weights[y * widest + tap]!;
      const read = (first[y]! - top + tap) * stride;
      for (let x = 0; x < stride; x++) sums[x] = (sums[x]! + Math.imul(source[read + x]!, weight)) | 0;
    }
    for (let x = 0; x < stride; x++) target[y * stride + x] = clipped(sums[x]!);
  }
}

/** Weights are never negative, so sums are not either. */
function clipped(sum: number): number {
  return Math.min(sum >> PRECISION_BITS, 255);
}
