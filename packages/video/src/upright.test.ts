import { describe, expect, it } from 'vitest';
import { uprightFrame } from './upright.js';

// a picture of 3 x 2 pixels, named a to f, in rows of 16 bytes
//   a b c
//   d e f
const rgba = new Uint8Array(32);
for (const [index, name] of [...'abcdef'].entries()) {
  const at = Math.floor(index / 3) * 16 + (index % 3) * 4;
  rgba.set([name.charCodeAt(0), index, 255 - index, 255], at);
}
const rows = ({ data, width, height }: { data: Uint8Array; width: number; height: number }) =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => String.fromCharCode(data[(y * width + x) * 3]!)).join(''),
  );

describe('uprightFrame', () => {
  it.each([
    [0, false, ['abc', 'def']],
    [90, false, ['da', 'eb', 'fc']],
    [180, false, ['fed', 'cba']],
    [270, false, ['cf', 'be', 'ad']],
    [0, true, ['cba', 'fed']],
    [90, true, ['ad', 'be', 'cf']],
    [180, true, ['def', 'abc']],
    [270, true, ['fc', 'eb', 'da']],
  ] as const)('turns clockwise by %i, mirrored: %s', (rotation, flip, expected) => {
    const frame = uprightFrame(rgba, { stride: 16, size: 4 }, 3, 2, { rotation, flip });
    expect(rows(frame)).toEqual(expected);
    expect(frame.data).toHaveLength(18);
  });

  it('keeps the three colours and leaves out the fourth', () => {
    expect([
      ...uprightFrame(rgba, { stride: 16, size: 4 }, 3, 2, { rotation: 0, flip: false }).data.subarray(0, 6),
    ]).toEqual([97, 0, 255, 98, 1, 254]);
  });
});
