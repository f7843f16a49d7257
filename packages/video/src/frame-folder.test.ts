import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resizeFrames } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import { fixturePath } from '@mcore/testing/fixtures';
import { frameDigests, upTo } from '@mcore/testing/frames';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import golden from './__fixtures__/frames.json' with { type: 'json' };
import { listFrames, openFrameFolder, openVideo, readImage } from './node.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mcore-frames-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A folder of png images of one grey each, numbered without zeros. */
async function greys(name: string, count: number): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  for (const index of upTo(count)) {
    const create = {
      width: 12,
      height: 8,
      channels: 3 as const,
      background: { r: index * 10, g: index * 10, b: index * 10 },
    };
    await sharp({ create })
      .png()
      .toFile(join(folder, `${index}.png`));
  }
  return folder;
}

describe('readImage', () => {
  it.each(Object.entries(golden.images))(
    'gives the bytes of Pillow for %s',
    async (name, { width, height, digest }) => {
      const frame = await readImage(fixturePath('video', name));
      expect(frame).toMatchObject({ count: 1, width, height });
      expect(frameDigests(frame)).toEqual([digest]);
    },
  );

  it('says in one line what is wrong', async () => {
    const text = join(root, 'text.jpg');
    await writeFile(text, 'no picture\n');
    await expect(readImage(text)).rejects.toThrow(
      new DataError(
        `readImage: expected an image (jpg, png), got ${text}, which can't be read: Input buffer contains unsupported image format.`,
      ),
    );
    const cut = join(root, 'cut.jpg');
    await writeFile(cut, (await sharp(fixturePath('video', 'full-colours.jpg')).jpeg().toBuffer()).subarray(0, 700));
    await expect(readImage(cut)).rejects.toThrow(
      /^readImage: expected an image \(jpg, png\), got .*cut\.jpg, which can't be read: /,
    );
    await expect(readImage(join(root, 'no.jpg'))).rejects.toThrow(
      /which can't be read: ENOENT: no such file or directory/,
    );
  });
});

describe('openFrameFolder', () => {
  it('takes images in natural order and nothing else', async () => {
    const folder = await greys('natural', 12);
    await writeFile(join(folder, 'notes.txt'), 'x');
    await writeFile(join(folder, '.hidden.jpg'), 'x');
    expect(await listFrames(folder)).toEqual(upTo(12).map((index) => `${index}.png`));
    const video = await openVideo(folder, { framesPerSecond: 50 });
    expect(video).toMatchObject({
      name: folder,
      frameCount: 12,
      width: 12,
      height: 8,
      codec: 'images',
      framesPerSecond: 50,
    });
    expect(video.durationSeconds).toBe(0.24);
    expect(video.timestamps[3]).toBe(0.06);
    const { data, count } = await video.readFrames([11, 2, 2, 10]);
    expect(count).toBe(4);
    expect([0, 1, 2, 3].map((place) => data[place * 12 * 8 * 3])).toEqual([110, 20, 20, 100]);
    video.close();
    await expect(video.readFrames([0])).rejects.toThrow(
      new DataError(`readFrames: expected an open video, got ${folder}, which was closed.`),
    );
  });

  it('resizes as it goes', async () => {
    const folder = join(root, 'resized');
    await mkdir(folder);
    await copyFile(fixturePath('video', 'half-colours.jpg'), join(folder, '1.jpg'));
    await copyFile(fixturePath('video', 'full-colours.jpg'), join(folder, '2.JPEG'));
    const video = await openFrameFolder(folder);
    const size = { height: 20, width: 30 };
    expect(await video.readFrames([0, 1], { size })).toEqual(resizeFrames(await video.readFrames([0, 1]), size));
  });

  it('says in one line what is wrong', async () => {
    const none = join(root, 'none');
    await mkdir(none);
    await expect(openFrameFolder(none)).rejects.toThrow(
      new DataError(`openFrameFolder: expected jpg or png images in ${none}, got none.`),
    );
    const missing = join(root, 'missing');
    await expect(openFrameFolder(missing)).rejects.toThrow(
      new DataError(`openFrameFolder: expected a folder of images at ${missing}, got nothing there.`),
    );
    await expect(openFrameFolder(none, { framesPerSecond: 0 })).rejects.toThrow(
      new ArgumentError('openFrameFolder: framesPerSecond must be more than 0, got 0.'),
    );
    const mixed = await greys('mixed', 3);
    await copyFile(fixturePath('video', 'alpha.png'), join(mixed, '1.png'));
    const video = await openFrameFolder(mixed);
    await expect(video.readFrames(upTo(3))).rejects.toThrow(
      new DataError(`readFrames: expected every image of ${mixed} to be 12 x 8 like the first, got 67 x 45 in 1.png.`),
    );
    await writeFile(join(mixed, '2.png'), 'damaged');
    await expect(video.readFrames([2], { size: { width: 4, height: 4 } })).rejects.toThrow(
      /^readImage: expected an image \(jpg, png\), got .*2\.png, which can't be read: /,
    );
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(video.readFrames([0], { signal: stop })).rejects.toThrow('enough');
  });
});
