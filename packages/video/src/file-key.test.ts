import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@mcore/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileKey } from './node.js';

let folder: string;
const at = new Date('2026-01-01');
/** Writes a file with a fixed time, so that only its content tells it from another of the same size. */
const write = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  await utimes(join(folder, name), at, at);
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcore-key-'));
  await mkdir(join(folder, 'images'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('fileKey', () => {
  it('follows the content, the time and the size of a file', async () => {
    await write('clip.mp4', 'one');
    const before = await fileKey(join(folder, 'clip.mp4'));
    expect(before).toMatch(/^[0-9a-f]{16}$/);
    await write('clip.mp4', 'one');
    expect(await fileKey(join(folder, 'clip.mp4'))).toBe(before);
    await write('clip.mp4', 'two');
    expect(await fileKey(join(folder, 'clip.mp4'))).not.toBe(before);
    await write('clip.mp4', 'one');
    await utimes(join(folder, 'clip.mp4'), at, new Date('2026-01-02'));
    expect(await fileKey(join(folder, 'clip.mp4'))).not.toBe(before);
  });

  it('follows the images of a folder, of the same size and time too', async () => {
    for (const name of ['1.jpg', '2.jpg', '3.jpg']) await write(join('images', name), name);
    const before = await fileKey(join(folder, 'images'));
    for (const name of ['1.jpg', '2.jpg', '3.jpg']) await write(join('images', name), name.toUpperCase());
    const replaced = await fileKey(join(folder, 'images'));
    await write(join('images', '4.jpg'), 'more');
    expect(new Set([before, replaced, await fileKey(join(folder, 'images'))]).size).toBe(3);
  });

  it('says what is missing', async () => {
    const path = join(folder, 'none.mp4');
    await expect(fileKey(path)).rejects.toThrow(
      new DataError(`fileKey: expected a video or a folder of images at ${path}, got no such file.`),
    );
  });
});
