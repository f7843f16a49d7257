import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixturePath } from '@mcore/testing/fixtures';
import { openVideo } from '@mcore/video/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipOfFile, openManifest, readVideoList } from './index.js';

let folder: string;
const list = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcore-parts-'));
  await copyFile(fixturePath('video', 'h264-b-frames.mp4'), join(folder, 'final.mp4')); // 25 frames, 25 a second
});
afterAll(() => rm(folder, { recursive: true }));

describe('a manifest with start and end', () => {
  it('has many clips of one file, each with its own frames and transitions', async () => {
    const path = await list(
      'parts.csv',
      'path,start,end,transition_seconds,score\nfinal.mp4,0.2,0.4,0.28 0.36,50\nfinal.mp4,0.6,0.8,0.64 0.72,60\n',
    );
    const dataset = await openManifest(path);
    expect(dataset.clips.map(({ id, frameCount, transitions }) => ({ id, frameCount, transitions }))).toEqual([
      { id: 'final-0.2', frameCount: 6, transitions: [2, 4] },
      { id: 'final-0.6', frameCount: 6, transitions: [1, 3] },
    ]);
    const whole = await openVideo(join(folder, 'final.mp4'));
    const frames = await whole.readFrames([15, 20]);
    expect(await dataset.readFrames('final-0.6', [0, 5])).toEqual(frames);
    const alone = clipOfFile(dataset.clips[1]!, dataset.fileOf('final-0.6'));
    expect(await alone.readFrames('final-0.6', [0, 5])).toEqual(frames);
    await expect(dataset.readFrames('final-0.6', [6])).rejects.toThrow(
      'readFrames: expected frame 6 of clip final-0.6, got a video of 6 frames at ',
    );
    whole.close();
  });

  it('keeps frames of different parts apart', async () => {
    const path = await list('keys.csv', 'path,start,end,score\nfinal.mp4,0,0.4,50\nfinal.mp4,0.5,,60\n');
    const dataset = await openManifest(path);
    const keys = await Promise.all(dataset.clips.map(({ id }) => dataset.frameKey(id)));
    expect(new Set(keys).size).toBe(2);
    expect(dataset.clips.map(({ frameCount }) => frameCount)).toEqual([11, 12]);
  });

  it.each([
    ['final.mp4,2,3,50', /line 2 \(final-2\): expected start and end within 1\.00 s, got 2 to 3 s/],
    ['final.mp4,0.5,0.4,50', /expected an end after the start, 0\.5 s, in line 2, got 0\.4/],
    ['final.mp4,-1,0.4,50', /expected seconds of 0 or more as start in line 2, got -1/],
  ])('refuses %s', async (row, message) => {
    await expect(openManifest(await list('bad.csv', `path,start,end,score\n${row}\n`))).rejects.toThrow(message);
  });
});

describe('readVideoList', () => {
  it('reads what mcore find writes, and other tables, without scores', async () => {
    const path = await list(
      'dives.csv',
      'path,start,end,transition_seconds,confidence,replay\nfinal.mp4,0.2,0.4,0.28 0.36,0.9,no\n/films/other.mp4,,,,,\n',
    );
    expect(await readVideoList(path)).toEqual([
      { video: join(folder, 'final.mp4'), class: null, start: 0.2, end: 0.4 },
      { video: '/films/other.mp4', class: null },
    ]);
  });

  it('reads one path a line, after a tab the dive number or class', async () => {
    const path = await list('videos.txt', 'one.mp4\t107B\n\ntwo films.mov\n');
    expect(await readVideoList(path)).toEqual([
      { video: 'one.mp4', class: '107b' },
      { video: 'two films.mov', class: null },
    ]);
  });

  it('names the line that it can not read', async () => {
    const path = await list('odd.txt', 'one.mp4\t107B\tmore\n');
    await expect(readVideoList(path)).rejects.toThrow(
      `${path}:1: expected a path, or a path, a tab and a dive number or class, got "one.mp4\\t107B\\tmore".`,
    );
    await expect(readVideoList(join(folder, 'none.txt'))).rejects.toThrow(
      `readVideoList: expected a list of videos in ${join(folder, 'none.txt')}, got no such file.`,
    );
  });
});
