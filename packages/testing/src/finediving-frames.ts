import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { fixturePath } from './fixtures.js';

/** A clip as goldens/finediving-loader.py wrote it down. */
export interface GoldenClip {
  diveNumber: string;
  score: number;
  difficulty: number;
  /** Number of its first image. */
  start: number;
  frameCount: number;
  split: 'train' | 'test';
  transitions: number[];
  /** Transitions among 96 sampled frames. */
  sampledTransitions: number[];
}

const golden = JSON.parse(readFileSync(fixturePath('finediving-loader', 'clips.json'), 'utf8')) as {
  clips: Record<string, GoldenClip>;
  official: Record<string, number[]>;
};

/** The clips of the fixtures, by id. */
export const goldenClips = golden.clips;

/** Transitions of official clips by their per-frame labels. */
export const officialTransitions = golden.official;

/** A folder of annotations that goldens/finediving-loader.py wrote. */
export function fixtureFolder(name: 'list-pickles' | 'dict-pickles' | 'official-pickles'): string {
  return fixturePath('finediving-loader', name);
}

/** A new folder for a test; the test removes it. */
export const temporaryFolder = () => mkdtemp(join(tmpdir(), 'mcore-finediving-'));

/** Real JPEG files, each of one grey: 20 x its index among the clip's frames. */
export async function writeImages(
  folder: string,
  count: number,
  start: number,
  width = 24,
  height = 16,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index++) {
    const grey = 20 * index;
    const image = sharp({ create: { width, height, channels: 3, background: { r: grey, g: grey, b: grey } } });
    await image.jpeg({ quality: 95 }).toFile(join(folder, `${String(start + index).padStart(5, '0')}.jpg`));
  }
}

/** Three JPEG masks: a white square on black, as masks of a diver. */
export async function writeMasks(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const white = await sharp({ create: { width: 12, height: 10, channels: 3, background: 'white' } })
    .png()
    .toBuffer();
  const black = sharp({ create: { width: 48, height: 32, channels: 3, background: 'black' } });
  for (const [index, left] of [2, 16, 30].entries()) {
    await black
      .clone()
      .composite([{ input: white, left, top: 8 }])
      .jpeg()
      .toFile(join(folder, `0000${index}.jpg`));
  }
}

/** The images of every clip of the fixtures, as `<frames>/<competition>/<dive index>/<number>.jpg`. */
export async function writeAllImages(frames: string, join_ = '/'): Promise<void> {
  for (const [id, { frameCount, start }] of Object.entries(goldenClips)) {
    const cut = id.lastIndexOf('__');
    await writeImages(join(frames, `${id.slice(0, cut)}${join_}${id.slice(cut + 2)}`), frameCount, start);
  }
}
