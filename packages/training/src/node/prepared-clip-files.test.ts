import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presetConfig } from '@mcore/model';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { describeSource } from '../data/source.js';
import { openPreparedClips } from './prepared-clip-files.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-prepared-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const cache = join(folder, 'cache');
const manifest = join(folder, 'videos.csv');
const input = {
  ...presetConfig('laptop').input,
  frames: 4,
  transform: { resize: { height: 8, width: 12 }, crop: { height: 8, width: 8 } },
};

/** A clip as a folder of one-coloured pictures. */
async function writeClip(name: string, grey: number): Promise<void> {
  mkdirSync(join(folder, name), { recursive: true });
  for (let frame = 0; frame < 5; frame++) {
    const picture = sharp({
      create: { width: 24, height: 16, channels: 3, background: { r: grey, g: grey, b: grey } },
    });
    writeFileSync(join(folder, name, `${frame}.png`), await picture.png().toBuffer());
  }
}

const list = (...rows: string[]) => writeFileSync(manifest, `path,score\n${rows.join('\n')}\n`);

/** Prepares all clips of a source; which files are new, and the first value of every clip. */
async function prepare(data: string, options: { renderSeed?: number; renderHeight?: number } = {}, limit = 9) {
  const files = () => new Map(filesBelow(cache).map((file) => [file, statSync(file).ino] as const));
  const before = files();
  const source = describeSource(data, { renderSeed: 0, renderHeight: 48, ...options });
  const prepared = await openPreparedClips(source, input, { cache, workers: 0 });
  const clips = prepared.source.clips.slice(0, limit);
  await prepared.makeAll(clips);
  const values = Object.fromEntries(
    await Promise.all(clips.map(async ({ id }) => [id, (await prepared.get(id)).data[0]!] as const)),
  );
  await prepared.close();
  const made = [...files()].filter(([file, inode]) => before.get(file) !== inode).length;
  return { made, values };
}

function filesBelow(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

describe('prepared clips on disk', () => {
  it('are read again, and made only for a video that was added', async () => {
    await writeClip('a', 10);
    await writeClip('b', 20);
    list('a,1', 'b,2');
    expect(await prepare(manifest)).toEqual({ made: 2, values: { a: 10, b: 20 } });
    expect(await prepare(manifest)).toEqual({ made: 0, values: { a: 10, b: 20 } });
    await writeClip('c', 30);
    list('a,1', 'c,3', 'b,2');
    expect(await prepare(manifest)).toEqual({ made: 1, values: { a: 10, b: 20, c: 30 } });
  });

  it('are not made again for another score, and made again for the clip whose frames changed', async () => {
    list('a,50', 'c,3', 'b,2');
    expect((await prepare(manifest)).made).toBe(0);
    await writeClip('b', 90);
    const later = new Date(Date.now() + 10_000);
    for (let frame = 0; frame < 5; frame++) utimesSync(join(folder, 'b', `${frame}.png`), later, later);
    expect(await prepare(manifest)).toEqual({ made: 1, values: { a: 10, b: 90, c: 30 } });
  });

  it('belong to how a dive is drawn: another seed and another height are other files', async () => {
    expect((await prepare('rendered', {}, 2)).made).toBe(2);
    expect((await prepare('rendered', {}, 2)).made).toBe(0);
    expect((await prepare('rendered', { renderSeed: 1 }, 2)).made).toBe(2);
    expect((await prepare('rendered', { renderHeight: 40 }, 2)).made).toBe(2);
    expect((await prepare('rendered', {}, 2)).made).toBe(0);
  });
});
