import type { Frames } from '@mcore/clips';
import type { Random } from '@mcore/random';
import { byte } from './light.js';

/** Blurs a clip in place, as a long shutter or a moving lens does: mean over neighbours along one direction. */
export function blur({ data, count, height, width }: Frames, random: Random): void {
  const [stepX, stepY] = random.pick([
    [1, 0],
    [0, 1],
    [1, 1],
    [1, -1],
  ] as const);
  const reach = 1 + random.integer(2);
  const source = data.slice();
  const offsets = Array.from({ length: 2 * reach + 1 }, (_, at) => at - reach);
  const area = height * width * 3;
  for (let frame = 0; frame < count; frame++) {
    for (let row = reach; row < height - reach; row++) {
      for (let column = reach; column < width - reach; column++) {
        const at = frame * area + (row * width + column) * 3;
        const step = (stepY * width + stepX) * 3;
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          for (const offset of offsets) sum += source[at + channel + offset * step]!;
          data[at + channel] = sum / offsets.length + 0.5;
        }
      }
    }
  }
}

/** Mixes each frame with the one before, in place, as converted frame rates and long shutters do. */
export function ghost({ data, count }: Frames, random: Random): void {
  const share = random.uniform(0.15, 0.5);
  const area = data.length / count;
  for (let at = data.length - 1; at >= area; at--) {
    data[at] = data[at]! * (1 - share) + data[at - area]! * share + 0.5;
  }
}

/** Adds grain in place, the same to all channels or to each; new in every frame. */
export function grain({ data }: Frames, random: Random): void {
  const strength = random.uniform(2, 18);
  const isGrey = random.chance(0.5);
  // drawing a normal number for every value would take longer than all else
  const kept = Float32Array.from({ length: 4096 }, () => random.normal(0, strength));
  let place = random.integer(kept.length);
  for (let at = 0; at < data.length; at += 3) {
    if (at % 3072 === 0) place = random.integer(kept.length);
    const value = kept[place++ & 4095]!;
    data[at] = byte(data[at]! + value);
    data[at + 1] = byte(data[at + 1]! + (isGrey ? value : kept[(place * 7) & 4095]!));
    data[at + 2] = byte(data[at + 2]! + (isGrey ? value : kept[(place * 13) & 4095]!));
  }
}

/** Takes detail out of blocks, in place, as video of few bits does: what differs from a block's mean is damped and rounded. */
export function block({ data, count, height, width }: Frames, random: Random): void {
  const side = 2 + random.integer(4);
  const detail = random.uniform(0.1, 0.7);
  const step = random.uniform(1, 24);
  const area = height * width * 3;
  for (let frame = 0; frame < count; frame++) {
    for (let top = 0; top < height; top += side) {
      for (let left = 0; left < width; left += side) {
        for (let channel = 0; channel < 3; channel++) {
          blockOf(data, { top, left, side, height, width, offset: frame * area + channel }, detail, step);
        }
      }
    }
  }
}

interface Block {
  top: number;
  left: number;
  side: number;
  height: number;
  width: number;
  offset: number;
}

function blockOf(
  data: Uint8Array,
  { top, left, side, height, width, offset }: Block,
  detail: number,
  step: number,
): void {
  const [bottom, right] = [Math.min(height, top + side), Math.min(width, left + side)];
  let sum = 0;
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++) sum += data[offset + (row * width + column) * 3]!;
  const mean = sum / ((bottom - top) * (right - left));
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const at = offset + (row * width + column) * 3;
      data[at] = byte(mean + Math.round(((data[at]! - mean) * detail) / step) * step);
    }
  }
}

/**
 * Mixes a clip with what a random 3 x 3 filter makes of it, in place: edges and shapes stay, local contrast and texture change.
 *
 * Source: Xu et al., "Robust and Generalizable Visual Representation Learning via Random Convolutions", ICLR 2021.
 */
export function randomFilter({ data, count, height, width }: Frames, random: Random): void {
  const share = random.uniform(0.2, 0.9);
  const weights = Float32Array.from({ length: 81 }, () => random.normal(0, 1 / Math.sqrt(27)));
  const source = data.slice();
  const area = height * width * 3;
  const middle = 110;
  for (let frame = 0; frame < count; frame++) {
    for (let row = 1; row < height - 1; row++) {
      for (let column = 1; column < width - 1; column++) {
        const at = frame * area + (row * width + column) * 3;
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          let weight = channel * 27;
          for (let y = -1; y <= 1; y++) {
            const from = at + (y * width - 1) * 3;
            for (let tap = 0; tap < 9; tap++) sum += weights[weight++]! * (source[from + tap]! - middle);
          }
          data[at + channel] = byte(source[at + channel]! * (1 - share) + share * (middle + 1.6 * sum));
        }
      }
    }
  }
}
