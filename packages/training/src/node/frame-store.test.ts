import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frames } from '@mcore/clips';
import { afterAll, describe, expect, it } from 'vitest';
import { jpegFrames, rawFrames } from './frame-store.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-frames-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Smooth frames, each with a brightness of its own. */
const [count, height, width] = [5, 24, 32];
const data = Uint8Array.from({ length: count * height * width * 3 }, (_, index) => {
  const frame = Math.floor(index / (height * width * 3));
  return 40 * frame + ((Math.floor(index / 3) % width) + (index % 3) * 10);
});
const frames: Frames = { data, count, height, width };
const size = { count, height, width };

describe.each([
  ['raw', rawFrames, 0],
  ['JPEG', jpegFrames, 4],
] as const)('frames kept as %s', (name, store, error) => {
  const path = join(folder, `clip.${store.ending}`);

  it(`come back whole and in part, at most ${error} levels off`, async () => {
    await store.write(path, frames);
    expect(await store.has(path, size)).toBe(true);
    for (const [first, some] of [
      [0, 5],
      [2, 2],
      [4, 1],
    ] as const) {
      const read = await store.read(path, size, { first, count: some });
      const expected = data.subarray(first * height * width * 3, (first + some) * height * width * 3);
      expect(read).toHaveLength(expected.length);
      expect(Math.max(...read!.map((value, index) => Math.abs(value - expected[index]!)))).toBeLessThanOrEqual(error);
    }
  });

  it('are made again where a file is cut off, of another size or not there', async () => {
    await store.write(path, frames);
    expect(await store.has(path, { ...size, count: 6 })).toBe(false);
    truncateSync(path, readFileSync(path).length - 1);
    expect(await store.has(path, size)).toBe(false);
    expect(await store.read(path, size, { first: 0, count: 1 })).toBeUndefined();
    writeFileSync(path, '');
    expect(await store.read(path, size, { first: 0, count: 1 })).toBeUndefined();
    expect(await store.has(join(folder, `none-${name}`), size)).toBe(false);
    expect(await store.read(join(folder, `none-${name}`), size, { first: 0, count: 1 })).toBeUndefined();
  });
});

describe('JPEG', () => {
  it('takes less than a fifth of the space', async () => {
    const [raw, jpeg] = ['size.rgb', 'size.jpgs'].map((name) => join(folder, name));
    await rawFrames.write(raw!, frames);
    await jpegFrames.write(jpeg!, frames);
    expect(readFileSync(jpeg!).length).toBeLessThan(readFileSync(raw!).length / 5 + 5 * 700);
  });
});
