import { type Frames, sampleIndices, sampleTransitions } from '@mcore/clips';
import { presetConfig } from '@mcore/model';
import { Random } from '@mcore/random';
import { describe, expect, it } from 'vitest';
import { type Camera, filmed } from './camera.js';
import { colorMatrix } from './light.js';
import { block, blur, ghost, grain } from './picture-quality.js';
import { drawTexture } from './texture.js';
import { pictureChanges, varyPictures } from './wide.js';
import { DENSE_FRAMES, denseIndices, drawPlainClip, drawWideClip } from './wide-clip.js';

const still: Camera = { flip: false, width: 1, height: 1, roll: 0, middle: () => [0.5, 0.5], zoom: () => 1 };

function framesOf(
  count: number,
  height: number,
  width: number,
  value: (frame: number, row: number, column: number) => number,
): Frames {
  const data = new Uint8Array(count * height * width * 3);
  let at = 0;
  for (let frame = 0; frame < count; frame++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++, at += 3) data.fill(value(frame, row, column), at, at + 3);
  return { data, count, height, width };
}

const picture = framesOf(3, 12, 16, (frame, row, column) => (frame * 31 + row * 7 + column * 13) % 256);

describe('filmed', () => {
  it('gives the same bytes through a camera that stands still, and mirrored ones where it flips', () => {
    expect(filmed(picture, still, { height: 12, width: 16 })).toEqual(picture);
    const flipped = filmed(picture, { ...still, flip: true }, { height: 12, width: 16 });
    const mirrored = framesOf(3, 12, 16, (frame, row, column) => (frame * 31 + row * 7 + (15 - column) * 13) % 256);
    expect(flipped).toEqual(mirrored);
  });

  it('interpolates a slope exactly where it zooms, and continues the edge beyond it', () => {
    const slope = framesOf(1, 8, 8, (_frame, _row, column) => 20 * column);
    const close = filmed(slope, { ...still, width: 0.5, height: 0.5 }, { height: 8, width: 8 });
    expect([...close.data.subarray(0, 24)].filter((_, at) => at % 3 === 0)).toEqual([35, 45, 55, 65, 75, 85, 95, 105]);
    const wide = filmed(slope, { ...still, width: 2, height: 2 }, { height: 8, width: 8 });
    expect([...wide.data.subarray(0, 24)].filter((_, at) => at % 3 === 0)).toEqual([0, 0, 10, 50, 90, 130, 140, 140]);
  });
});

describe('colorMatrix', () => {
  const times = (matrix: readonly number[], [red, green, blue]: readonly [number, number, number]) =>
    [0, 3, 6].map((row) => matrix[row]! * red + matrix[row + 1]! * green + matrix[row + 2]! * blue);

  it('leaves colours where nothing turns, swaps channels at a third of a turn, and takes colours away at saturation 0', () => {
    const near = (found: readonly number[], expected: readonly number[]) =>
      expected.forEach((value, at) => {
        expect(found[at]).toBeCloseTo(value, 10);
      });
    near(times(colorMatrix(0, 1), [10, 20, 60]), [10, 20, 60]);
    near(times(colorMatrix((2 * Math.PI) / 3, 1), [10, 20, 60]), [60, 10, 20]);
    near(times(colorMatrix(1.3, 0), [10, 20, 60]), [30, 30, 30]);
    near(times(colorMatrix(1.3, 1.4), [50, 50, 50]), [50, 50, 50]);
  });
});

describe('changes of picture quality', () => {
  it('blur, ghost and block leave an even picture as it is', () => {
    for (const change of [blur, ghost, block]) {
      const even = framesOf(2, 10, 10, () => 100);
      change(even, new Random(1));
      expect(new Set(even.data)).toEqual(new Set([100]));
    }
  });

  it('ghost mixes a frame with the one before it by one share', () => {
    const steps = framesOf(3, 2, 2, (frame) => [0, 100, 200][frame]!);
    ghost(steps, new Random(5));
    const share = new Random(5).uniform(0.15, 0.5);
    expect(steps.data[0]).toBe(0);
    expect(steps.data[12]).toBe(Math.floor(100 * (1 - share) + 0.5));
    expect(steps.data[24]).toBe(Math.floor(200 * (1 - share) + 100 * share + 0.5));
  });

  it('blur spreads a bright pixel over its neighbours and keeps their sum', () => {
    const dot = framesOf(1, 11, 11, (_frame, row, column) => (row === 5 && column === 5 ? 250 : 0));
    blur(dot, new Random(2));
    const lit = [...dot.data].filter((_, at) => at % 3 === 0).filter((value) => value > 0);
    expect([3, 5]).toContain(lit.length);
    expect(new Set(lit)).toEqual(new Set([Math.floor(250 / lit.length + 0.5)]));
  });

  it('grain keeps the mean of a picture within a level', () => {
    const even = framesOf(8, 40, 40, () => 128);
    grain(even, new Random(3));
    const mean = even.data.reduce((sum, value) => sum + value, 0) / even.data.length;
    expect(Math.abs(mean - 128)).toBeLessThan(1);
    expect(new Set(even.data).size).toBeGreaterThan(5);
  });
});

describe('drawTexture', () => {
  it('has no seam where its edges meet, and about the deviation 1', () => {
    const { size, values } = drawTexture(64, 0.5, new Random(9));
    const step = (a: number, b: number) => Math.abs(values[a]! - values[b]!);
    const inside = Array.from({ length: size }, (_, row) => step(row * size + 30, row * size + 31));
    const across = Array.from({ length: size }, (_, row) => step(row * size + size - 1, row * size));
    const largest = (steps: readonly number[]) => Math.max(...steps);
    expect(largest(across)).toBeLessThan(3 * largest(inside));
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
    expect(deviation).toBeGreaterThan(0.4);
    expect(deviation).toBeLessThan(1.6);
  });
});

describe('varyPictures', () => {
  it('gives the same bytes for the same seed and others for another, of the size of the crop', () => {
    const vary = (seed: number) => varyPictures(picture, { height: 10, width: 10 }, Random.for(seed, 'vary'));
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    for (const seed of seeds) expect(vary(seed)).toEqual(vary(seed));
    const different = new Set(seeds.map((seed) => vary(seed).data.join()));
    expect(different.size).toBe(seeds.length);
    expect(vary(0)).toMatchObject({ count: 3, height: 10, width: 10 });
  });

  it.each(pictureChanges)('$name changes a picture and stays within it', ({ change }) => {
    const changed = { ...picture, data: picture.data.slice() };
    for (let seed = 0; seed < 5; seed++) change(changed, new Random(seed));
    expect(changed.data).not.toEqual(picture.data);
    expect(changed.data).toHaveLength(picture.data.length);
  });
});

describe('drawWideClip', () => {
  const clip = {
    ...{ id: 'a', competition: '01', diveNumber: '107b', score: 60, difficulty: 3, split: 'train' as const },
    ...{ frameCount: 120, transitions: [50, 90] },
  };
  const { input } = presetConfig('laptop');

  it('moves the transitions exactly with the frames that are shown', () => {
    const kept = denseIndices(clip);
    expect(kept).toHaveLength(DENSE_FRAMES);
    const dense = framesOf(DENSE_FRAMES, 88, 112, () => 60);
    for (let seed = 0; seed < 60; seed++) {
      const { frames, shown, transitions } = drawWideClip(clip, dense, input, Random.for(seed, 'clip'));
      expect(frames).toMatchObject({ count: 32, height: 80, width: 80 });
      const natives = shown.map((at) => kept[at]!);
      for (const [which, label] of clip.transitions.entries()) {
        const at = transitions[which]!;
        expect(natives[at]).toBeGreaterThanOrEqual(label);
        if (at > 0) expect(natives[at - 1]).toBeLessThan(label);
      }
    }
  });

  it('keeps the time of a clip that is only mirrored and cropped', () => {
    const dense = framesOf(DENSE_FRAMES, 88, 112, (frame) => frame);
    const { frames, shown, transitions } = drawPlainClip(clip, dense, input, Random.for(3, 'plain'));
    const area = 80 * 80 * 3;
    expect(shown.map((_, at) => frames.data[at * area])).toEqual(shown);
    const usual = sampleIndices(clip.frameCount, 32);
    for (const [at, index] of shown.entries()) expect(usual[at]! - denseIndices(clip)[index]!).toBeLessThanOrEqual(1);
    for (const [which, at] of sampleTransitions(clip.transitions, usual).entries()) {
      expect(Math.abs(transitions[which]! - at)).toBeLessThanOrEqual(1);
    }
  });
});
