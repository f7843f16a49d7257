import { fixturePath } from '@mcore/testing/fixtures';
import { describe, expect, it } from 'vitest';
import { isCombed, withoutCombs } from './combing.js';
import { openVideo } from './node.js';

/** A bright square on black; lines of the second field show it `shift` pixels further. */
function square(shift: number) {
  const [height, width] = [48, 64];
  const data = new Uint8Array(height * width * 3);
  for (let y = 8; y < 40; y++) {
    const left = 10 + (y % 2 === 1 ? shift : 0);
    data.fill(200, (y * width + left) * 3, (y * width + left + 24) * 3);
  }
  return { data, count: 1, height, width };
}

describe('withoutCombs', () => {
  it('mixes each line with its neighbours, 1 : 2 : 1, where fields of two moments alternate', () => {
    const combed = square(12);
    expect(isCombed(combed)).toBe(true);
    const { data } = withoutCombs(combed);
    const at = (y: number, x: number) => data[(y * 64 + x) * 3]!;
    expect([at(20, 12), at(21, 12), at(20, 30), at(20, 40)]).toEqual([100, 100, 200, 100]);
    expect(isCombed(withoutCombs(combed))).toBe(false);
  });

  it('leaves a still picture as it is', () => {
    const still = square(0);
    expect(withoutCombs(still)).toBe(still);
  });

  it('is used for interlaced streams, and for no others', async () => {
    for (const name of ['h264-interlaced.mp4', 'h264-interlaced.mpegts']) {
      const video = await openVideo(fixturePath('video', name));
      const frames = await video.readFrames([2]);
      expect(isCombed(frames), name).toBe(false);
      video.close();
    }
  });
});
