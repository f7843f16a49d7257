import { copyFile, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { officialSplit } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import { fixturePath } from '@mcore/testing/fixtures';
import { openVideo } from '@mcore/video/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipOfFile, openManifest } from './index.js';

let folder: string;
const fixture = (name: string) => fixturePath('video', name);
const manifest = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

/** Six images, each of one grey: 40 x its index. */
async function images(name: string, count = 6): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  for (let index = 0; index < count; index++) {
    const grey = 40 * index;
    const image = sharp({ create: { width: 24, height: 16, channels: 3, background: { r: grey, g: grey, b: grey } } });
    await image.png().toFile(join(folder, name, `${index + 1}.png`));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcore-manifest-'));
  await mkdir(join(folder, 'clips'));
  await copyFile(fixture('h264-bt709.mp4'), join(folder, 'clips', 'one.mp4'));
  await copyFile(fixture('vp9.webm'), join(folder, 'clips', 'two.webm'));
  await writeFile(join(folder, 'clips', 'broken.mp4'), 'not a video');
  await images('frames-of-three');
});
afterAll(() => rm(folder, { recursive: true }));

describe('openManifest', () => {
  it('counts the frames of files and folders, and reads them in the order asked for', async () => {
    const path = await manifest(
      'all.csv',
      'path,score,class,transitions,split\nclips/one.mp4,60,107B,1 2,train\nclips/two.webm,70,107B,1 2,train\nframes-of-three,80,107B,2 4,test\n',
    );
    const dataset = await openManifest(path);
    const video = await openVideo(fixture('h264-bt709.mp4'));
    expect(dataset.clips[0]).toEqual({
      id: 'clips__one',
      competition: '',
      diveNumber: '107b',
      score: 60,
      difficulty: 1,
      frameCount: video.frameCount,
      transitions: [1, 2],
      split: 'train',
    });
    expect(dataset.clips[2]).toMatchObject({ id: 'frames-of-three', frameCount: 6, split: 'test' });
    expect([dataset.transitionsFrom, dataset.notes]).toEqual(['labels', []]);
    expect(await dataset.readFrames('clips__one', [1, 0])).toEqual(await video.readFrames([1, 0]));
    const { data, count, height, width } = await dataset.readFrames('frames-of-three', [5, 2, 2]);
    expect([count, height, width]).toEqual([3, 16, 24]);
    expect([data[0], data[16 * 24 * 3], data[2 * 16 * 24 * 3]]).toEqual([200, 80, 80]);
    const size = { height: 2, width: 3 };
    expect(await dataset.readFrames('clips__one', [0], { size })).toEqual(await video.readFrames([0], { size }));
    const alone = clipOfFile(dataset.clips[0]!, dataset.fileOf('clips__one'));
    expect(await alone.readFrames('clips__one', [1, 0])).toEqual(await video.readFrames([1, 0]));
    video.close();
  });

  it('finds transitions given in seconds: the first frame shown at or after each', async () => {
    const path = await manifest(
      'seconds.csv',
      'path,score,transition_seconds\nclips/one.mp4,60,0.05 0.1\nframes-of-three,80,0.05 0.16\n',
    );
    const { clips } = await openManifest(path);
    const video = await openVideo(fixture('h264-bt709.mp4'));
    const first = (second: number) => video.timestamps.findIndex((shown) => shown >= second);
    video.close();
    expect(clips[0]!.transitions).toEqual([first(0.05), first(0.1)]);
    expect(clips[1]!.transitions).toEqual([2, 4]); // 25 a second
  });

  it('stands in for what a manifest lacks, and says so', async () => {
    const lines = Array.from({ length: 16 }, (_, index) => `clips/${index}.mp4,${index},${index < 8 ? 'a' : 'b'},90`);
    await mkdir(join(folder, 'clips'), { recursive: true });
    for (let index = 0; index < 16; index++) await writeFile(join(folder, 'clips', `${index}.mp4`), '');
    const path = await manifest('bare.csv', `path,score,class,frames\n${lines.join('\n')}\n`);
    const dataset = await openManifest(path, { stages: 4 });
    expect(dataset.transitionsFrom).toBe('equal parts');
    expect(dataset.clips[0]!.transitions).toEqual([23, 45, 68]);
    const { train, test } = officialSplit(dataset.clips);
    expect(test.map(({ diveNumber }) => diveNumber).sort()).toEqual(['a', 'a', 'b', 'b']);
    expect(train).toHaveLength(12);
    expect((await openManifest(path)).clips.map(({ split }) => split)).toEqual(dataset.clips.map(({ split }) => split));
    expect((await openManifest(path, { seed: 1 })).clips.map(({ split }) => split)).not.toEqual(
      dataset.clips.map(({ split }) => split),
    );
    expect(dataset.notes).toEqual([
      'no transitions: every clip is cut into 4 parts of the same length',
      'no split: 4 clips, a quarter of every class, are for testing (seed 0)',
    ]);
  });

  it('has another key for the frames of a clip when its file has changed, and no other', async () => {
    const text = 'path,score\nframes-of-three,80\nclips/one.mp4,1\n';
    const path = await manifest('print.csv', text);
    const keys = async () => {
      const dataset = await openManifest(path);
      return Promise.all(['clips__one', 'frames-of-three'].map((id) => dataset.frameKey(id)));
    };
    const before = await keys();
    await writeFile(path, text.replace('80', '90'));
    expect(await keys()).toEqual(before);
    await utimes(join(folder, 'clips', 'one.mp4'), 1, 1);
    const after = await keys();
    expect([after[0] === before[0], after[1] === before[1]]).toEqual([false, true]);
  });

  it("takes paths from another folder where it's told so", async () => {
    const path = await manifest('elsewhere.json', '[{"path": "one.mp4", "score": 1}]');
    const dataset = await openManifest(path, { root: join(folder, 'clips') });
    expect(dataset.fileOf('one')).toBe(join(folder, 'clips', 'one.mp4'));
  });

  it('names the line of a clip that cannot be used, or leaves it out', async () => {
    const path = await manifest(
      'bad.csv',
      'path,score,transitions\nclips/one.mp4,60,1\nclips/broken.mp4,1,1\nclips/none.mp4,1,1\nframes-of-three,2,6\n',
    );
    await expect(openManifest(path)).rejects.toThrow(
      /^openManifest: expected clips that can be used in .*bad\.csv, got line 3 \(clips__broken\): expected a video/,
    );
    const { clips, problems } = await openManifest(path, { unreadable: 'leave-out' });
    expect(clips.map(({ id }) => id)).toEqual(['clips__one']);
    expect(problems.map(({ place }) => place)).toEqual(['line 3', 'line 4', 'line 5']);
    expect(problems[1]!.problem).toMatch(/^expected a video or a folder of images at .*none\.mp4, got no such file$/);
    expect(problems[2]!.problem).toBe('expected transitions within 6 frames, got one at 6');
  });

  it('reads UTF-16 with a byte order mark, as spreadsheets write it', async () => {
    const text = '\uFEFFpath\tscore\nclips/one.mp4\t60,5\n';
    const little = Buffer.from(text, 'utf16le');
    for (const [name, bytes] of [
      ['little.tsv', little],
      ['big.tsv', Buffer.from(little).swap16()],
    ] as const) {
      await writeFile(join(folder, name), bytes);
      const { clips } = await openManifest(join(folder, name));
      expect(clips.map(({ id, score }) => [id, score])).toEqual([['clips__one', 60.5]]);
    }
  });

  it('opens absolute paths where they are allowed', async () => {
    const path = await manifest('absolute.csv', `path,score\n${join(folder, 'clips', 'one.mp4')},1\n`);
    await expect(openManifest(path)).rejects.toThrow('(absolutePaths, --absolute-paths, allows others)');
    const dataset = await openManifest(path, { absolutePaths: true });
    expect(dataset.fileOf(dataset.clips[0]!.id)).toBe(join(folder, 'clips', 'one.mp4'));
  });

  it('says when a file has fewer frames than the manifest', async () => {
    const path = await manifest('more.csv', 'path,score,frames\nframes-of-three,80,7\n');
    const dataset = await openManifest(path);
    await expect(dataset.readFrames('frames-of-three', [6])).rejects.toThrow(
      new DataError(
        `readFrames: expected frame 6 of clip frames-of-three, got a video of 6 frames at ${join(folder, 'frames-of-three')}.`,
      ),
    );
    await expect(dataset.readFrames('other', [0])).rejects.toThrow(
      new ArgumentError('ManifestDataset: expected the id of one of its 1 clips, got other.'),
    );
  });

  it('says what it expected', async () => {
    await expect(openManifest(join(folder, 'list.txt'))).rejects.toThrow('a manifest that ends in .csv, .tsv or .json');
    await expect(openManifest(join(folder, 'no.csv'))).rejects.toThrow(
      new DataError(`openManifest: expected UTF-8 text at ${join(folder, 'no.csv')}, got "no such file".`),
    );
    await writeFile(join(folder, 'latin.csv'), Uint8Array.of(0x70, 0xe4, 0x0a));
    await expect(openManifest(join(folder, 'latin.csv'))).rejects.toThrow(
      'expected UTF-8 text at LATIN; save it as UTF-8, got "other bytes (line 1)".'.replace(
        'LATIN',
        join(folder, 'latin.csv'),
      ),
    );
    await expect(openManifest(join(folder, 'all.csv'), { stages: 1 })).rejects.toThrow(
      new ArgumentError('openManifest: stages must be a whole number of at least 2, got 1.'),
    );
  });
});
