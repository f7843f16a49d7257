import { createHash } from 'node:crypto';
import { ArgumentError, ShapeError } from '@mcore/errors';
import { Random } from '@mcore/random';
import { pattern, stack } from '@mcore/testing/patterns';
import { describe, expect, it } from 'vitest';
import golden from './__fixtures__/resizing.json' with { type: 'json' };
import {
  centerCrop,
  chooseAugmentation,
  frameTransforms,
  resizeFrames,
  transformFrames,
  transformOfSize,
} from './index.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('resizeFrames', () => {
  it.each(golden.values)('gives the bytes of Pillow: $from -> $to', ({ kind, from, to, bytes }) => {
    const frames = resizeFrames(pattern(kind, from[1]!, from[0]!), { width: to[0]!, height: to[1]! });
    expect([...frames.data]).toEqual(bytes);
  });

  it.each(golden.digests)('gives the bytes of Pillow: $kind $from -> $to (SHA-256)', (expected) => {
    const [width, height] = expected.to as [number, number];
    const frames = resizeFrames(pattern(expected.kind, expected.from[1]!, expected.from[0]!), { width, height });
    expect(sha256(frames.data)).toBe(expected.sha256);
  });

  it('keeps the bytes if the size stays, and keeps a single colour', () => {
    const frames = stack([pattern('noise', 6, 9), pattern('smooth', 6, 9)]);
    expect(resizeFrames(frames, { height: 6, width: 9 })).toEqual(frames);
    const red = { data: new Uint8Array(50 * 40 * 3).fill(201), count: 1, height: 50, width: 40 };
    expect(new Set(resizeFrames(red, { height: 7, width: 33 }).data)).toEqual(new Set([201]));
  });

  it('reports invalid arguments', () => {
    const frames = pattern('noise', 4, 4);
    expect(() => resizeFrames({ ...frames, width: 5 }, { height: 2, width: 2 })).toThrow(
      new ShapeError('resizeFrames: frames must have [count, height, width, 3] = [1, 4, 5, 3] bytes, got 48.'),
    );
    expect(() => resizeFrames(frames, { height: 2, width: 0 })).toThrow(
      new ArgumentError('resizeFrames: sizes must be whole numbers of at least 1, got [2, 0, 2, 0].'),
    );
  });
});

describe('transformFrames', () => {
  const frames = pattern('smooth', 256, 456);

  it.each(golden.transforms)('gives the bytes of Pillow: $preset, flip $flip, top $top, left $left', (expected) => {
    const transform = frameTransforms[expected.preset as 'paper' | 'released'];
    expect(sha256(transformFrames(frames, transform, expected).data)).toBe(expected.sha256);
  });

  it("takes the middle under 'center': columns 44 .. 155 of paper, rows 44 .. 155 of released", () => {
    expect(centerCrop(frameTransforms.paper)).toEqual({ flip: false, top: 0, left: 44 });
    expect(centerCrop(frameTransforms.released)).toEqual({ flip: false, top: 44, left: 0 });
    const middle = golden.transforms.find(({ preset, flip, top }) => preset === 'released' && !flip && top === 44)!;
    expect(sha256(transformFrames(frames, frameTransforms.released, 'center').data)).toBe(middle.sha256);
  });

  it('rounds half a pixel to even, as Python does: 1 left over -> 0, 3 left over -> 2', () => {
    const crop = { height: 10, width: 10 };
    expect(centerCrop({ resize: { height: 11, width: 13 }, crop })).toEqual({ flip: false, top: 0, left: 2 });
  });

  it.each([false, true])('only cuts frames that already have their size, mirrored: %s', (flip) => {
    const clip = stack([pattern('noise', 20, 30), pattern('smooth', 20, 30)]);
    const crop = { height: 16, width: 11 };
    const cut = transformFrames(clip, { resize: { height: 20, width: 30 }, crop }, { flip, top: 3, left: 17 });
    const expected: number[] = [];
    for (let frame = 0; frame < 2; frame++)
      for (let y = 3; y < 19; y++)
        for (let x = 17; x < 28; x++) {
          const at = ((frame * 20 + y) * 30 + (flip ? 29 - x : x)) * 3;
          expected.push(...clip.data.subarray(at, at + 3));
        }
    expect([...cut.data]).toEqual(expected);
  });

  it('treats every frame of a clip alike and leaves its input unchanged', () => {
    const clip = stack([pattern('noise', 40, 64), pattern('smooth', 40, 64)]);
    const before = clip.data.slice();
    const transform = { resize: { height: 20, width: 30 }, crop: { height: 16, width: 11 } };
    const choice = { flip: true, top: 3, left: 17 };
    const both = transformFrames(clip, transform, choice);
    expect(clip.data).toEqual(before);
    expect(both).toEqual(
      stack([
        transformFrames(pattern('noise', 40, 64), transform, choice),
        transformFrames(pattern('smooth', 40, 64), transform, choice),
      ]),
    );
  });

  it('reports arguments that do not fit', () => {
    const transform = { resize: { height: 20, width: 30 }, crop: { height: 16, width: 11 } };
    expect(() => transformFrames(frames, transform, { flip: false, top: 5, left: 0 })).toThrow(
      new ArgumentError('transformFrames: top must be a whole number in 0 .. 4, got 5.'),
    );
    expect(() => transformFrames(frames, { ...transform, crop: { height: 21, width: 11 } }, 'center')).toThrow(
      new ArgumentError('transformFrames: the crop must fit into the resized frame, 30 x 20 pixels, got 11 x 21.'),
    );
  });
});

describe('chooseAugmentation', () => {
  it('reaches every position of the crop and both sides evenly, over 8,900 draws', () => {
    const random = new Random(3);
    const counts = new Map<number, number>();
    let flips = 0;
    for (let draw = 0; draw < 8900; draw++) {
      const { flip, top, left } = chooseAugmentation(frameTransforms.paper, random);
      expect(top).toBe(0);
      counts.set(left, (counts.get(left) ?? 0) + 1);
      flips += Number(flip);
    }
    expect(Math.min(...counts.keys())).toBe(0);
    expect(Math.max(...counts.keys())).toBe(88);
    // 89 places, 100 draws each; six standard errors
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(60);
    expect(Math.abs(flips - 4450)).toBeLessThan(6 * Math.sqrt(8900 / 4));
  });

  it('gives the same sequence for the same seed', () => {
    const draw = () => chooseAugmentation(frameTransforms.released, new Random('clip 7'));
    expect(draw()).toEqual(draw());
  });
});

describe('transformOfSize', () => {
  it('is the preset at 112 and keeps its proportions elsewhere', () => {
    expect(transformOfSize(112)).toEqual(frameTransforms.paper);
    expect(transformOfSize(112, 'released')).toEqual(frameTransforms.released);
    expect(transformOfSize(64)).toEqual({ resize: { height: 64, width: 114 }, crop: { height: 64, width: 64 } });
  });

  it('rejects an invalid size', () => {
    expect(() => transformOfSize(0)).toThrow(
      new ArgumentError('transformOfSize: size must be a whole number of at least 1, got 0.'),
    );
  });
});
