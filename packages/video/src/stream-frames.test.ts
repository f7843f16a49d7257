import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resizeFrames } from '@mcore/clips';
import { fixturePath } from '@mcore/testing/fixtures';
import { frameDigests, upTo } from '@mcore/testing/frames';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyPart, openVideo, type Video } from './node.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcore-stream-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function streamed(video: Video, indices: Iterable<number>, size = { height: 18, width: 32 }): Promise<string[]> {
  const digests: string[] = [];
  for await (const frame of video.streamFrames(indices, { size })) digests.push(...frameDigests(frame));
  return digests;
}

describe('streamFrames', () => {
  it.each(['h264-b-frames.mp4', 'h264-uneven.mkv', 'vp9.webm', 'h264.mpegts'])(
    'gives the frames of %s that readFrames gives, repeats too',
    async (name) => {
      const video = await openVideo(fixturePath('video', name));
      const indices = [0, 0, 3, 4, 4, 4, video.frameCount - 1];
      const all = await video.readFrames(indices, { size: { height: 18, width: 32 } });
      expect(await streamed(video, indices)).toEqual(frameDigests(all));
      video.close();
    },
  );

  it('refuses indices that are not ascending or not there', async () => {
    const video = await openVideo(fixturePath('video', 'h264.mov'));
    await expect(streamed(video, [3, 2])).rejects.toThrow('streamFrames: expected ascending indices, got 2 after 3.');
    await expect(streamed(video, [25])).rejects.toThrow(
      'streamFrames: indices must be whole numbers in 0 .. 24, got 25.',
    );
    video.close();
  });

  it('may be left before its end', async () => {
    const video = await openVideo(fixturePath('video', 'h264-b-frames.mp4'));
    for await (const frame of video.streamFrames(upTo(25))) {
      expect(frame.count).toBe(1);
      break;
    }
    expect((await video.readFrames([24])).count).toBe(1);
    video.close();
  });
});

describe('coarse', () => {
  it('takes the middle of blocks of large frames, and leaves others as they are', async () => {
    const video = await openVideo(fixturePath('video', 'h264-b-frames.mp4')); // 64 x 36
    const size = { height: 6, width: 6 };
    const coarse = await video.readFrames([3], { size, coarse: true });
    const full = await video.readFrames([3]);
    const one = [...Array(12).keys()].flatMap((y) => [...Array(21).keys()].map((x) => [3 * y + 1, 3 * x + 1] as const));
    const data = Uint8Array.from(
      one.flatMap(([y, x]) => [...full.data.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3)]),
    );
    expect(coarse).toEqual(resizeFrames({ data, count: 1, height: 12, width: 21 }, size));
    const large = { height: 18, width: 32 };
    expect(await video.readFrames([3], { size: large, coarse: true })).toEqual(
      await video.readFrames([3], { size: large }),
    );
    video.close();
  });
});

describe('copyPart', () => {
  it.each(['h264-b-frames.mp4', 'h264.mov', 'vp9.webm'])(
    'copies a part of %s with the very frames of the source',
    async (name) => {
      const source = await openVideo(fixturePath('video', name));
      const { path, leadSeconds } = await copyPart(fixturePath('video', name), join(folder, `part-${name}`), {
        start: 0.4,
        end: 0.8,
      });
      const part = await openVideo(path);
      const first = source.timestamps.findIndex((time) => time >= 0.4 - leadSeconds - 1e-3);
      const wanted = await source.readFrames(Array.from({ length: part.frameCount }, (_, at) => first + at));
      expect(frameDigests(await part.readFrames(upTo(part.frameCount)))).toEqual(frameDigests(wanted));
      expect(part.timestamps.at(-1)! + source.timestamps[first]!).toBeGreaterThan(0.7);
      source.close();
      part.close();
    },
  );

  it('says what to do with a container that it can not cut', async () => {
    await expect(
      copyPart(fixturePath('video', 'mjpeg.avi'), join(folder, 'part'), { start: 0, end: 1 }),
    ).rejects.toThrow(
      /^copyPart: expected a film that can be cut without encoding \(mp4, mov, mkv, webm, ts\), got .*mjpeg\.avi: a file ending in \.avi\. Cut it with FFmpeg: /,
    );
  });
});
