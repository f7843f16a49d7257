import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DataError } from '@mcore/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draftManifest, parseManifest } from './index.js';

let root = '';
const put = async (...paths: string[]) => {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '');
  }
};
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mcore-draft-'));
  await put('flat/b10.MOV', 'flat/b2.mp4', 'flat/notes.txt', 'flat/.hidden.mp4');
  await put('gym/vault/a, first.mp4', 'gym/beam/frames/00001.jpg', 'gym/beam/frames/00002.jpg', 'gym/beam/b.webm');
  await put('nothing/readme.md');
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('draftManifest', () => {
  it('lists videos in natural order, without classes where they lie in one folder', async () => {
    const draft = await draftManifest(join(root, 'flat'));
    expect(draft).toEqual({ csv: 'path,score\nb2.mp4,\nb10.MOV,\n', clips: 2, classes: [] });
  });

  it('takes folders for classes, and folders of images for clips', async () => {
    const { csv, clips, classes } = await draftManifest(join(root, 'gym'));
    expect(csv).toBe('path,score,class\nbeam/b.webm,,beam\nbeam/frames,,beam\n"vault/a, first.mp4",,vault\n');
    expect([clips, classes]).toEqual([3, ['beam', 'vault']]);
  });

  it('is read once its scores are filled in', async () => {
    const { csv } = await draftManifest(join(root, 'gym'));
    const { entries } = parseManifest(csv.replaceAll(',,', ',7,'), 'csv');
    expect(entries.map(({ path, diveNumber, score }) => [path, diveNumber, score])).toEqual([
      ['beam/b.webm', 'beam', 7],
      ['beam/frames', 'beam', 7],
      ['vault/a, first.mp4', 'vault', 7],
    ]);
  });

  it.each([
    ['nothing', 'expected videos (mp4, mov, mkv, webm, ts) or folders of images in ROOT/nothing, got none.'],
    ['absent', 'expected a folder at ROOT/absent, got nothing there.'],
    ['flat/b2.mp4', 'expected a folder at ROOT/flat/b2.mp4, got a file.'],
  ])('refuses %s', async (folder, message) => {
    await expect(draftManifest(join(root, folder))).rejects.toThrow(
      new DataError(`draftManifest: ${message.replace('ROOT', root)}`),
    );
  });
});
