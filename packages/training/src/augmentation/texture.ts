import type { Frames } from '@mcore/clips';
import type { Random } from '@mcore/random';
import { byte } from './light.js';

/** A grid of values in about [-1, 1] that looks like a photograph's texture: noise of many sizes, each half as strong as the next larger. */
export interface Texture {
  size: number;
  values: Float32Array;
}

/**
 * Draws a texture, by adding value noise of 2, 4, 8, ... cells a side.
 *
 * @param size - Cells a side, a power of 2.
 * @param roughness - Strength of each octave relative to the next larger, 0 to 1: 0.5 is like clouds, 0.9 like gravel.
 */
export function drawTexture(size: number, roughness: number, random: Random): Texture {
  const values = new Float32Array(size * size);
  let strength = 1;
  let sum = 0;
  for (let cells = 2; cells <= size; cells *= 2) {
    const grid = Float32Array.from({ length: cells * cells }, () => random.uniform(-1, 1));
    addOctave(values, size, grid, cells, strength);
    sum += strength ** 2;
    strength *= roughness;
  }
  const scale = 1.7 / Math.sqrt(sum);
  return { size, values: values.map((value) => value * scale) };
}

function addOctave(values: Float32Array, size: number, grid: Float32Array, cells: number, strength: number): void {
  const step = cells / size;
  for (let row = 0, at = 0; row < size; row++) {
    const y = row * step;
    const top = Math.floor(y);
    const partY = y - top;
    const upper = top * cells;
    const lower = ((top + 1) % cells) * cells;
    for (let column = 0; column < size; column++, at++) {
      const x = column * step;
      const left = Math.floor(x);
      const right = (left + 1) % cells;
      const partX = x - left;
      const above = grid[upper + left]! * (1 - partX) + grid[upper + right]! * partX;
      const below = grid[lower + left]! * (1 - partX) + grid[lower + right]! * partX;
      values[at]! += strength * (above * (1 - partY) + below * partY);
    }
  }
}

/** Half the side of {@link drawTexture}'s grid that a clip's textures have. */
const SIZE = 128;

/**
 * Gives regions of similar colour (water, a wall, a crowd) the texture of something else, in place: one to three colours are taken from the clip, and
 * pixels near each get a texture and a tint. Textures drift, stand or flicker with the frames.
 */
export function textureRegions(frames: Frames, random: Random): void {
  const regions = 1 + random.integer(3);
  for (let region = 0; region < regions; region++) {
    const texture = drawTexture(SIZE, random.uniform(0.4, 0.95), random);
    textureRegion(frames, texture, random);
  }
}

function textureRegion({ data, count, height, width }: Frames, texture: Texture, random: Random): void {
  const pixel = random.integer(count * height * width) * 3;
  const [red, green, blue] = [data[pixel]!, data[pixel + 1]!, data[pixel + 2]!];
  const spread = 2 * random.uniform(18, 60) ** 2;
  const tints = [0, 1, 2].map(() => random.normal(0, 35));
  const strengths = [0, 1, 2].map(() => random.uniform(10, 70));
  const contrast = random.uniform(0.3, 1);
  const [driftX, driftY] = random.chance(0.5) ? [random.normal(0, 0.6), random.normal(0, 0.3)] : [0, 0];
  const boils = random.chance(0.25);
  const [startX, startY] = [random.integer(SIZE), random.integer(SIZE)];
  const near = Float32Array.from({ length: 512 }, (_, step) => Math.exp((-step * 256) / spread));
  let at = 0;
  for (let frame = 0; frame < count; frame++) {
    const shiftX = boils ? random.integer(SIZE) : startX + Math.round(driftX * frame) + SIZE * 100;
    const shiftY = boils ? random.integer(SIZE) : startY + Math.round(driftY * frame) + SIZE * 100;
    for (let row = 0; row < height; row++) {
      const line = ((row + shiftY) % SIZE) * SIZE;
      for (let column = 0; column < width; column++, at += 3) {
        const [r, g, b] = [data[at]! - red, data[at + 1]! - green, data[at + 2]! - blue];
        const distance = (r * r + g * g + b * b) >> 8;
        if (distance >= 512) continue;
        const share = near[distance]!;
        if (share < 0.02) continue;
        const value = texture.values[line + ((column + shiftX) % SIZE)]!;
        const kept = 1 - share * (1 - contrast);
        data[at] = byte(red + r * kept + share * (tints[0]! + strengths[0]! * value));
        data[at + 1] = byte(green + g * kept + share * (tints[1]! + strengths[1]! * value));
        data[at + 2] = byte(blue + b * kept + share * (tints[2]! + strengths[2]! * value));
      }
    }
  }
}
