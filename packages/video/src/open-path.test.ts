import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resizeFrames } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import { fixtureBytes, fixturePath } from '@mcore/testing/fixtures';
import { frameDigests, upTo } from '@mcore/testing/frames';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import golden from './__fixtures__/frames.json' with { type: 'json' };
import { openVideo, readClip, registerVideoDecoder } from './node.js';

type VideoName = keyof typeof golden.videos;
const names = Object.keys(golden.videos) as VideoName[];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcore-video-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes bytes to a file of their own and opens it. */
async function openBytes(name: string, bytes: Uint8Array) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return openVideo(path, { name });
}

describe('openVideo in Node.js', () => {
  it.each(names)('decodes %s to the planes of FFmpeg, by the matrix it names', async (name) => {
    const { width, height, frames } = golden.videos[name];
    const video = await openVideo(fixturePath('video', name));
    const all = await video.readFrames(upTo(video.frameCount), { size: { width, height } });
    expect(frameDigests(all)).toEqual(frames);
    video.close();
  });

  it.each([
    [
      'h264-b-frames.mp4',
      { codec: 'avc', frameCount: 25, width: 64, height: 36, durationSeconds: 1, framesPerSecond: 25 },
    ],
    [
      'h264-rotated.mp4',
      { codec: 'avc', frameCount: 25, width: 36, height: 64, durationSeconds: 1, framesPerSecond: 25 },
    ],
    [
      'h264-wide-pixels.mp4',
      { codec: 'avc', frameCount: 25, width: 85, height: 36, durationSeconds: 1, framesPerSecond: 25 },
    ],
    ['h264.mov', { codec: 'avc', frameCount: 25, width: 64, height: 36, durationSeconds: 1, framesPerSecond: 25 }],
    ['hevc.mp4', { codec: 'hevc', frameCount: 25, width: 64, height: 36, durationSeconds: 1, framesPerSecond: 25 }],
    [
      'vp8-hidden-frames.webm',
      { codec: 'vp8', frameCount: 25, width: 64, height: 36, durationSeconds: 1, framesPerSecond: 25 },
    ],
    ['vp9.webm', { codec: 'vp9', frameCount: 25, width: 64, height: 36, durationSeconds: 1, framesPerSecond: 25 }],
  ])('tells the facts of %s', async (name, facts) => {
    const video = await openVideo(fixturePath('video', name));
    expect(video).toMatchObject({ ...facts, name: fixturePath('video', name) });
    for (const [index, seconds] of video.timestamps.entries()) expect(seconds).toBeCloseTo(index / 25, 3);
    video.close();
  });

  it('says that a file has a high dynamic range, and nothing of others', async () => {
    const hlg = await openVideo(fixturePath('video', 'hevc-hlg.mp4'), { name: 'dive.mov' });
    expect(hlg.notes).toEqual([
      'dive.mov has a high dynamic range (HLG). Its colours are read without tone mapping and look flat to the model; a standard (SDR) export gives better scores.',
    ]);
    hlg.close();
    const plain = await openVideo(fixturePath('video', 'h264.mov'));
    expect(plain.notes).toEqual([]);
    plain.close();
  });

  it.each([
    [
      'mjpeg.avi',
      'which is an AVI file; convert it first, for instance with FFmpeg: ffmpeg -i IN -c:v libx264 -crf 16 OUT.mp4.',
    ],
    [
      'animation.gif',
      'which is an animated GIF; convert it first, for instance with FFmpeg: ffmpeg -i IN -c:v libx264 -crf 16 OUT.mp4.',
    ],
    ['exif.jpg', 'which is one image; a video needs a folder with one image a frame.'],
  ])('says what to do with %s', async (name, advice) => {
    const message = `openVideo: expected a video (mp4, mov, mkv, webm, ts), got ${name}, ${advice}`;
    await expect(openVideo(fixturePath('video', name), { name })).rejects.toThrow(new DataError(message));
  });

  it('samples frames that are not evenly spaced by their times: the gap shows its last frame, by hand', async () => {
    // frames 0 to 9 at their number / 25 s, frames 10 to 24 four later; eight samples lie 4 / 25 s apart
    const video = await openVideo(fixturePath('video', 'h264-uneven.mkv'));
    const { indices, seconds } = await readClip(video, { count: 8 });
    expect(indices).toEqual([0, 4, 8, 9, 12, 16, 20, 24]);
    for (const [at, second] of seconds.entries()) expect(second).toBeLessThanOrEqual((at * 4) / 25 + 1e-3);
    video.close();
  });

  it('gives times that are not evenly spaced as they are: four frames left out after the tenth', async () => {
    const video = await openVideo(fixturePath('video', 'h264-uneven.mkv'));
    expect(video.timestamps[9]).toBeCloseTo(9 / 25, 3);
    expect(video.timestamps[10]).toBeCloseTo(14 / 25, 3);
    expect(video.durationSeconds).toBeCloseTo(29 / 25, 2);
    video.close();
  });

  it('gives frames in the order asked for, repeated where asked twice', async () => {
    const { frames } = golden.videos['h264-b-frames.mp4'];
    const video = await openVideo(fixturePath('video', 'h264-b-frames.mp4'));
    const indices = [24, 3, 3, 17, 0, 24];
    expect(frameDigests(await video.readFrames(indices))).toEqual(indices.map((index) => frames[index]));
    expect(frameDigests(await video.readFrames([12]))).toEqual([frames[12]]);
    expect((await video.readFrames([])).count).toBe(0);
    video.close();
  });

  it('resizes as it goes to what resizeFrames gives, in one pass', async () => {
    const video = await openVideo(fixturePath('video', 'vp9.webm'));
    const size = { height: 20, width: 30 };
    const small = await video.readFrames(upTo(25), { size });
    expect(small).toEqual(resizeFrames(await video.readFrames(upTo(25)), size));
    video.close();
  });

  it('stretches wide pixels to the width shown', async () => {
    const video = await openVideo(fixturePath('video', 'h264-wide-pixels.mp4'));
    const coded = await video.readFrames([0], { size: { width: 64, height: 36 } });
    expect(await video.readFrames([0])).toEqual(resizeFrames(coded, { width: 85, height: 36 }));
    video.close();
  });

  it('reads two videos, and one twice, at the same time', async () => {
    const pair = ['vp9.webm', 'h264-b-frames.mp4'] as const;
    const [first, second] = await Promise.all(pair.map((name) => openVideo(fixturePath('video', name))));
    const results = await Promise.all([first!, second!, first!].map((video) => video.readFrames(upTo(25))));
    const expected = [pair[0], pair[1], pair[0]].map((name) => golden.videos[name].frames);
    expect(results.map(frameDigests)).toEqual(expected);
    first!.close();
    second!.close();
  });

  it('opens a Blob as it opens a path', async () => {
    const video = await openVideo(new Blob([fixtureBytes('video', 'h264.mov')]), { name: 'dive.mov' });
    expect(video.name).toBe('dive.mov');
    expect(frameDigests(await video.readFrames([7]))).toEqual([golden.videos['h264.mov'].frames[7]]);
    video.close();
  });

  it('registers its decoder once', async () => {
    expect(registerVideoDecoder()).toBe(registerVideoDecoder());
    await registerVideoDecoder();
  });
});

describe('readClip', () => {
  it('samples a whole video as clips are sampled, and repeats frames of short ones', async () => {
    const video = await openVideo(fixturePath('video', 'h264-three-frames.mp4'));
    const clip = await readClip(video, { size: { height: 18, width: 32 } });
    expect(clip.frames).toMatchObject({ count: 96, height: 18, width: 32 });
    expect([clip.indices[0], clip.indices[47], clip.indices[48], clip.indices[95]]).toEqual([0, 0, 1, 2]);
    expect(clip.seconds.at(-1)).toBeCloseTo(2 / 25, 6);
    video.close();
  });

  it('samples a part, its first and last frame included', async () => {
    const video = await openVideo(fixturePath('video', 'h264-b-frames.mp4'));
    const clip = await readClip(video, { count: 3, fromSeconds: 0.4, toSeconds: 0.8 });
    expect(clip.indices).toEqual([10, 15, 20]);
    expect(frameDigests(clip.frames)).toEqual(
      [10, 15, 20].map((index) => golden.videos['h264-b-frames.mp4'].frames[index]),
    );
    await expect(readClip(video, { fromSeconds: 2 })).rejects.toThrow(
      new ArgumentError(
        `readClip: expected a part of ${video.name} with frames in it, 0 .. 1.00 s, got 2 .. Infinity s.`,
      ),
    );
    video.close();
  });
});

describe('what is wrong with a video, in one line', () => {
  const half = (name: string, share = 0.6) => {
    const bytes = fixtureBytes('video', name);
    return bytes.subarray(0, Math.floor(bytes.length * share));
  };
  const random = (bytes: Uint8Array, from: number) =>
    bytes.map((byte, index) => (index < from ? byte : (Math.imul(index, 2654435761) >>> 13) & 255));
  const pictures = (bytes: Uint8Array) => Buffer.from(bytes).indexOf('mdat') + 4;
  const faststart = fixtureBytes('video', 'h264-faststart.mp4');

  it.each<[string, Uint8Array, string]>([
    [
      'empty.mp4',
      new Uint8Array(),
      'openVideo: expected a video (mp4, mov, mkv, webm, ts), got empty.mp4, which is empty.',
    ],
    [
      'text.mp4',
      new TextEncoder().encode('1,2,3\n'.repeat(1000)),
      "openVideo: expected a video (mp4, mov, mkv, webm, ts), got text.mp4, which can't be read: Input has an unsupported or unrecognizable format.",
    ],
    [
      'playlist.mp4',
      new TextEncoder().encode('#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:9,\nfile:///etc/passwd\n'),
      "openVideo: expected a video (mp4, mov, mkv, webm, ts), got playlist.mp4, which can't be read: Input has an unsupported or unrecognizable format.",
    ],
    [
      'audio.mp4',
      fixtureBytes('video', 'audio-only.mp4'),
      'openVideo: expected a video track in audio.mp4, got only audio.',
    ],
    [
      'old.mp4',
      fixtureBytes('video', 'mpeg4-part-2.mp4'),
      'openVideo: expected a codec that can be decoded here in old.mp4, got mp4v.',
    ],
    [
      'cut.mp4',
      half('h264-b-frames.mp4'),
      'openVideo: expected a video track in cut.mp4, got no track at all; the file may be cut off.',
    ],
    ['cut.webm', half('vp9.webm'), 'openVideo: expected frames in cut.webm, got none; it is empty or cut off.'],
    [
      'noise.mp4',
      random(faststart, pictures(faststart)),
      'readFrames: expected frame 0 of 25 of noise.mp4, got none there; the file is damaged or cut off.',
    ],
  ])('says it of %s', async (name, bytes, message) => {
    await expect(openBytes(name, bytes)).rejects.toThrow(new DataError(message));
  });

  it('says it of a file that is not there, and of a device', async () => {
    await expect(openVideo(join(folder, 'no.mp4'), { name: 'no.mp4' })).rejects.toThrow(
      new DataError('openVideo: expected a video file or a folder of images at no.mp4, got nothing there.'),
    );
    await expect(openVideo('/dev/null')).rejects.toThrow(
      new DataError('openVideo: expected a video file or a folder of images at /dev/null, got neither.'),
    );
  });

  it('gives the frames before the cut of a file that is cut off, and says where it is cut', async () => {
    const video = await openBytes('short.mp4', half('h264-faststart.mp4', 0.7));
    const { frames } = golden.videos['h264-faststart.mp4'];
    expect(frameDigests(await video.readFrames([0, 5]))).toEqual([frames[0], frames[5]]);
    await expect(video.readFrames(upTo(25))).rejects.toThrow(
      /^readFrames: expected frame 1\d of 25 of short\.mp4, got none there; the file is damaged or cut off\.$/,
    );
    video.close();
  });

  it('says which frame is damaged and keeps working: packets of zeros, then of noise', async () => {
    for (const spoil of [
      (bytes: Uint8Array, from: number) => bytes.map((byte, at) => (at < from ? byte : 0)),
      random,
    ]) {
      const bytes = spoil(faststart, Math.floor(faststart.length * 0.75));
      const video = await openBytes('damaged.mp4', bytes);
      await expect(video.readFrames(upTo(25))).rejects.toThrow(
        /^readFrames: expected frame \d+ of 25 of damaged\.mp4, got none( there; the file is damaged or cut off|, it can't be decoded: Invalid data found when processing input)\.$/,
      );
      const first = await video.readFrames([0]);
      expect(frameDigests(first)).toEqual([golden.videos['h264-faststart.mp4'].frames[0]]);
      video.close();
    }
  });

  it('says it of tables that claim four billion frames, at once', async () => {
    for (const table of ['stts', 'ctts', 'stsz']) {
      const bytes = fixtureBytes('video', 'h264-b-frames.mp4');
      const count = Buffer.from(bytes.buffer).indexOf(table) + 12;
      new DataView(bytes.buffer).setUint32(count, 4_294_967_200);
      await expect(openBytes('claim.mp4', bytes)).rejects.toThrow(
        /^openVideo: expected at most 1000000 frames in claim\.mp4, got a claim of 42949672\d\d\.$/,
      );
    }
  });

  // both found by scripts/fuzz.mjs: the reader alone adds up four billion sizes for each frame without letting a timer run, and
  // reads runs past the end of their box, whose counts can be anything, into memory
  it('says it of a chunk that claims four billion frames, and of a table that is longer than its box, at once', async () => {
    const chunk = fixtureBytes('video', 'h264-b-frames.mp4');
    new DataView(chunk.buffer).setUint32(Buffer.from(chunk.buffer).indexOf('stsc') + 16, 4_278_190_105);
    await expect(openBytes('chunk.mp4', chunk)).rejects.toThrow(
      'openVideo: expected at most 1000000 frames a chunk in chunk.mp4, got a claim of 4278190105.',
    );
    for (const [table, bytes] of [
      ['stts', 8 + 8 * 200],
      ['ctts', 8 + 8 * 200],
      ['stsc', 8 + 12 * 200],
      ['stco', 8 + 4 * 200],
      ['stss', 8 + 4 * 200],
    ] as const) {
      const long = fixtureBytes('video', 'h264-b-frames.mp4');
      new DataView(long.buffer).setUint32(Buffer.from(long.buffer).indexOf(table) + 8, 200);
      await expect(openBytes('long.mp4', long)).rejects.toThrow(
        new RegExp(
          `^openVideo: expected tables that fit their boxes in long\\.mp4, got ${bytes} bytes of ${table} in \\d+\\.$`,
        ),
      );
    }
  });

  it('says it of a WebM file whose elements are lost, where its reader alone would search for ever', async () => {
    const bytes = fixtureBytes('video', 'vp8-hidden-frames.webm');
    // the first element of the segment gets a name that does not exist, and so do all after it
    bytes.fill(0x7e, Buffer.from(bytes.buffer).indexOf(Buffer.from('114d9b74', 'hex')));
    await expect(openBytes('lost.webm', bytes)).rejects.toThrow(
      /^openVideo: expected a structure that leads on, got byte \d+ of the file over and over\.$/,
    );
  });

  it('says it of a file that never answers, within its time', async () => {
    class SilentBlob extends Blob {
      override slice() {
        return this;
      }
      override arrayBuffer() {
        return new Promise<never>(() => {});
      }
      override stream() {
        return new ReadableStream<Uint8Array<ArrayBuffer>>({ pull: () => new Promise<never>(() => {}) });
      }
    }
    const blob = new SilentBlob([faststart]);
    await expect(openVideo(blob, { name: 'nas.mp4', timeoutSeconds: 0.2 })).rejects.toThrow(
      new DataError('openVideo: expected nas.mp4 open within 0.2 s, got no answer from it.'),
    );
  });

  it('names arguments out of range, and a closed video', async () => {
    const video = await openVideo(fixturePath('video', 'h264.mov'), { name: 'dive.mov' });
    await expect(video.readFrames([25])).rejects.toThrow(
      new ArgumentError('readFrames: indices must be whole numbers in 0 .. 24, got 25.'),
    );
    await expect(video.readFrames([0], { size: { height: 0, width: 3 } })).rejects.toThrow(
      new ArgumentError('readFrames: size must be whole numbers of at least 1, got 3 x 0.'),
    );
    await expect(video.readFrames([0, 1, 2], { size: { height: 20_000, width: 20_000 } })).rejects.toThrow(
      new ArgumentError(
        'readFrames: the result must be at most 2147483648 bytes, got 3 frames of 20000 x 20000 pixels, 3600000000 bytes; ' +
          'give a smaller size or fewer indices.',
      ),
    );
    await expect(openVideo(fixturePath('video', 'h264.mov'), { timeoutSeconds: 0 })).rejects.toThrow(
      new ArgumentError('openVideo: timeoutSeconds must be more than 0, got 0.'),
    );
    video.close();
    await expect(video.readFrames([0])).rejects.toThrow(
      new DataError('readFrames: expected an open video, got dive.mov, which was closed.'),
    );
  });

  it("ends with the signal's reason", async () => {
    const video = await openVideo(fixturePath('video', 'h264.mov'));
    await expect(video.readFrames(upTo(25), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    const stop = new AbortController();
    const reading = video.readFrames(upTo(25), { signal: stop.signal });
    stop.abort(new Error('enough now'));
    await expect(reading).rejects.toThrow('enough now');
    expect((await video.readFrames([0])).count).toBe(1);
    video.close();
  });
});
