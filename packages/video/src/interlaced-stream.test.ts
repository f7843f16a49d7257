import { readFileSync } from 'node:fs';
import { fixturePath } from '@mcore/testing/fixtures';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { describe, expect, it } from 'vitest';
import { mayBeInterlaced } from './interlaced-stream.js';

async function isInterlaced(name: string): Promise<boolean> {
  const input = new Input({ source: new BufferSource(readFileSync(fixturePath('video', name))), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  const answer = await mayBeInterlaced(track!);
  input.dispose();
  return answer;
}

describe('mayBeInterlaced', () => {
  it.each([
    ['h264-interlaced.mp4', true],
    ['h264-interlaced.mpegts', true],
    ['h264-b-frames.mp4', false],
    ['h264.mpegts', false],
    ['h264-ten-bits.mp4', false],
    ['hevc.mp4', false],
    ['vp9.webm', false],
  ])('says of %s: %s', async (name, answer) => {
    expect(await isInterlaced(name)).toBe(answer);
  });
});
