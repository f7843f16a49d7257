import { readFileSync } from 'node:fs';
import { RENDERED_MARK } from '@mcore/clips';
import { fixturePath } from '@mcore/testing/fixtures';
import { frameDigests } from '@mcore/testing/frames';
import { ALL_FORMATS, BufferSource, BufferTarget, Conversion, Input, Mp4OutputFormat, Output } from 'mediabunny';
import { describe, expect, it } from 'vitest';
import { openVideo, partOfVideo } from './node.js';

describe('partOfVideo', () => {
  it('counts frames and times from the beginning of the part', async () => {
    const whole = await openVideo(fixturePath('video', 'h264-uneven.mkv'));
    const part = partOfVideo(whole, { start: whole.timestamps[3]!, end: whole.timestamps[9]! });
    expect(part.frameCount).toBe(7);
    expect([...part.timestamps]).toEqual([...whole.timestamps.slice(3, 10)].map((time) => time - whole.timestamps[3]!));
    expect(part.durationSeconds).toBeCloseTo(whole.timestamps[10]! - whole.timestamps[3]!, 9);
    expect(frameDigests(await part.readFrames([0, 6, 2]))).toEqual(frameDigests(await whole.readFrames([3, 9, 5])));
    const streamed: string[] = [];
    for await (const frame of part.streamFrames([0, 0, 6])) streamed.push(...frameDigests(frame));
    expect(streamed).toEqual(frameDigests(await whole.readFrames([3, 3, 9])));
    await expect(part.readFrames([7])).rejects.toThrow('readFrames: indices must be whole numbers in 0 .. 6, got 7.');
    whole.close();
  });

  it('is the video itself where the part is all of it, and refuses a part without frames', async () => {
    const whole = await openVideo(fixturePath('video', 'h264.mov'));
    expect(partOfVideo(whole, { start: 0, end: 9 })).toBe(whole);
    expect(() => partOfVideo(whole, { start: 2 })).toThrow(
      `partOfVideo: expected a part of ${whole.name} with frames in it, 0 .. 1.00 s, got 2 .. Infinity s.`,
    );
    whole.close();
  });

  it('is rendered if the whole video is', async () => {
    const filmed = await openVideo(fixturePath('video', 'h264.mov'));
    expect(partOfVideo(filmed, { end: 0.5 }).rendered).toBe(false);
    filmed.close();
    const input = new Input({
      formats: ALL_FORMATS,
      source: new BufferSource(readFileSync(fixturePath('video', 'h264.mov'))),
    });
    const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
    const copy = await Conversion.init({ input, output, tags: { comment: `${RENDERED_MARK}: a test` } });
    await copy.execute();
    const rendered = await openVideo(new Blob([output.target.buffer!]));
    expect(partOfVideo(rendered, { end: 0.5 }).rendered).toBe(true);
    rendered.close();
  });
});
