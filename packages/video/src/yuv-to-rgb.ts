import type { Frames } from '@mcore/clips';

/** How brightness and colour differences lie in memory. */
export interface YuvLayout {
  /** Pixels that share a colour sample, across and down. */
  readonly across: 1 | 2;
  readonly down: 1 | 2;
  /** Whether both colour differences are in one plane, in turn. */
  readonly interleaved: boolean;
  /** Bits a sample; more than 8 take two bytes, the lower first. */
  readonly bits: number;
}

/** Where a plane begins in the bytes and how far its rows are apart, in bytes. */
export interface Plane {
  readonly offset: number;
  readonly stride: number;
}

/** A picture as a decoder gives it. */
export interface YuvPicture {
  readonly bytes: Uint8Array;
  /** Y, U, V; or Y and both others in turn. More are ignored. */
  readonly planes: readonly Plane[];
  readonly layout: YuvLayout;
  readonly width: number;
  readonly height: number;
  readonly colors: YuvColors;
}

/** How brightness and colour differences were made from RGB. */
export interface YuvColors {
  /** ITU-R BT.601, BT.709 or BT.2020 (non-constant luminance). */
  readonly matrix: ColorMatrix;
  /** Whether brightness runs 0 .. 255 instead of 16 .. 235. */
  readonly full: boolean;
}

export type ColorMatrix = keyof typeof weights;

/** The layout that WebCodecs gives a name: `I420`, `I422P10`, `I444A`, `NV12`; undefined for others, such as `RGBA`. */
export function yuvLayout(format: string): YuvLayout | undefined {
  if (format === 'NV12') return { across: 2, down: 2, interleaved: true, bits: 8 };
  const [, sampling, bits = '8'] = /^I(420|422|444)A?(?:P(10|12))?$/.exec(format) ?? [];
  if (sampling === undefined) return undefined;
  const across = sampling === '444' ? 1 : 2;
  return { across, down: sampling === '420' ? 2 : 1, interleaved: false, bits: Number(bits) };
}

/** The share of red and of blue in brightness: ITU-R BT.601-7, 2.5.1; BT.709-6, 3.2; BT.2020-2, table 4. */
const weights = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;

/** 2^16 times what brightness and the two colour differences add to each colour. */
function fixedPoint({ matrix, full }: YuvColors) {
  const [red, blue] = weights[matrix];
  const green = 1 - red - blue;
  const [black, scale, chroma] = full ? [0, 1, 1] : [16, 255 / 219, 255 / 224];
  const fixed = (weight: number) => Math.round(weight * 65536);
  return {
    black,
    luma: fixed(scale),
    redV: fixed(2 * (1 - red) * chroma),
    greenU: fixed(((2 * (1 - blue) * blue) / green) * chroma),
    greenV: fixed(((2 * (1 - red) * red) / green) * chroma),
    blueU: fixed(2 * (1 - blue) * chroma),
  };
}

/**
 * Converts brightness and colour differences to RGB by the matrix and range that the file names.
 *
 * The same code runs everywhere, so pixels are the same in every browser and in Node.js. Colour samples are repeated, not interpolated, as
 * FFmpeg's fast conversion does; samples of more bits are rounded to 8 first.
 *
 * @param step - Takes one pixel of each block of `step` x `step`, its middle.
 * @returns One frame, `[1, floor(height / step), floor(width / step), 3]`.
 */
export function yuvToRgb(picture: YuvPicture, step = 1): Frames {
  const { colors, layout } = picture;
  const [width, height] = [Math.floor(picture.width / step), Math.floor(picture.height / step)];
  const middle = step >> 1;
  const { across, down, interleaved } = layout;
  const { bytes, planes } = layout.bits > 8 ? toEightBits(picture) : picture;
  const { black, luma, redV, greenU, greenV, blueU } = fixedPoint(colors);
  const [yPlane, uPlane, other] = planes as [Plane, Plane, Plane?];
  const vPlane = interleaved ? { offset: uPlane.offset + 1, stride: uPlane.stride } : other!;
  const apart = interleaved ? 2 : 1;
  const data = new Uint8ClampedArray(width * height * 3);
  let write = 0;
  for (let y = middle; y < height * step; y += step) {
    const row = yPlane.offset + y * yPlane.stride;
    const line = down === 2 ? y >> 1 : y;
    const uRow = uPlane.offset + line * uPlane.stride;
    const vRow = vPlane.offset + line * vPlane.stride;
    const end = width * step;
    for (let x = middle; x < end; x += step) {
      const at = (across === 2 ? x >> 1 : x) * apart;
      const light = luma * (bytes[row + x]! - black) + 32768;
      const u = bytes[uRow + at]! - 128;
      const v = bytes[vRow + at]! - 128;
      data[write] = (light + redV * v) >> 16;
      data[write + 1] = (light - greenU * u - greenV * v) >> 16;
      data[write + 2] = (light + blueU * u) >> 16;
      write += 3;
    }
  }
  return { data: new Uint8Array(data.buffer), count: 1, height, width };
}

/** Rounds samples of two bytes to one; rows stay where they are, at half the distances. */
function toEightBits({ bytes, planes, layout }: YuvPicture): Pick<YuvPicture, 'bytes' | 'planes'> {
  const shift = layout.bits - 8;
  const half = 1 << (shift - 1);
  const small = new Uint8ClampedArray(bytes.length >> 1);
  for (let sample = 0; sample < small.length; sample++) {
    small[sample] = ((bytes[2 * sample]! | (bytes[2 * sample + 1]! << 8)) + half) >> shift;
  }
  const halved = planes.map(({ offset, stride }) => ({ offset: offset >> 1, stride: stride >> 1 }));
  return { bytes: new Uint8Array(small.buffer), planes: halved };
}
