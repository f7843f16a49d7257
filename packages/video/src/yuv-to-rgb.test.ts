import { describe, expect, it } from 'vitest';
import { type ColorMatrix, type YuvColors, yuvLayout, yuvToRgb } from './yuv-to-rgb.js';

/** Shares of red and blue in brightness, from the recommendations. */
const shares = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;

/** The definition, in float64, over 8-bit limited or full range. */
function byDefinition(y: number, u: number, v: number, { matrix, full }: YuvColors): number[] {
  const light = full ? y / 255 : (y - 16) / 219;
  const [cb, cr] = [u, v].map((difference) => (difference - 128) / (full ? 255 : 224));
  const [kr, kb] = shares[matrix];
  const red = light + 2 * (1 - kr) * cr!;
  const blue = light + 2 * (1 - kb) * cb!;
  const green = (light - kr * red - kb * blue) / (1 - kr - kb);
  return [red, green, blue].map((value) => Math.min(255, Math.max(0, 255 * value)));
}

/** One pixel of each combination, 4:4:4. */
function convert(y: number, u: number, v: number, full: boolean, matrix: ColorMatrix = 'bt601'): number[] {
  const planes = [0, 1, 2].map((offset) => ({ offset, stride: 1 }));
  const layout = yuvLayout('I444')!;
  const colors = { matrix, full };
  return [...yuvToRgb({ bytes: Uint8Array.of(y, u, v), planes, layout, width: 1, height: 1, colors }).data];
}

describe('yuvToRgb', () => {
  it.each(['bt601', 'bt709', 'bt2020'] as const)('is within 0.51 of the definition of %s, in both ranges', (matrix) => {
    for (const full of [false, true]) {
      for (let y = 0; y < 256; y += 11) {
        for (let u = 0; u < 256; u += 11) {
          for (let v = 0; v < 256; v += 11) {
            const expected = byDefinition(y, u, v, { matrix, full });
            for (const [channel, value] of convert(y, u, v, full, matrix).entries()) {
              expect(Math.abs(value - expected[channel]!)).toBeLessThan(0.51);
            }
          }
        }
      }
    }
  });

  it('makes black, white and grey what they are', () => {
    expect([convert(16, 128, 128, false), convert(235, 128, 128, false)]).toEqual([
      [0, 0, 0],
      [255, 255, 255],
    ]);
    expect([convert(0, 128, 128, true), convert(77, 128, 128, true)]).toEqual([
      [0, 0, 0],
      [77, 77, 77],
    ]);
  });

  it('finds the samples of every layout, padded rows included, and rounds more bits to eight', () => {
    // 3 x 2 pixels: brightness 10 to 60, colours that differ for the third column
    const luma = [10, 20, 30, 40, 50, 60];
    const expected = luma.map((y, index) => (index % 3 === 2 ? [y, 90, 170] : [y, 100, 140]));
    const rgb = expected.flatMap(([y, u, v]) => convert(y!, u!, v!, true));
    const convertLayout = (format: string, bytes: Uint8Array, planes: [number, number][]) => {
      const layout = yuvLayout(format)!;
      const colors = { matrix: 'bt601', full: true } as const;
      const named = planes.map(([offset, stride]) => ({ offset, stride }));
      return [...yuvToRgb({ bytes, planes: named, layout, width: 3, height: 2, colors }).data];
    };
    const i420 = Uint8Array.of(10, 20, 30, 0, 40, 50, 60, 0, 100, 90, 140, 170);
    expect(
      convertLayout('I420', i420, [
        [0, 4],
        [8, 2],
        [10, 2],
      ]),
    ).toEqual(rgb);
    const nv12 = Uint8Array.of(10, 20, 30, 40, 50, 60, 100, 140, 90, 170);
    expect(
      convertLayout('NV12', nv12, [
        [0, 3],
        [6, 4],
      ]),
    ).toEqual(rgb);
    const i422 = Uint8Array.of(...luma, 100, 90, 100, 90, 140, 170, 140, 170);
    expect(
      convertLayout('I422', i422, [
        [0, 3],
        [6, 2],
        [10, 2],
      ]),
    ).toEqual(rgb);
    const i444 = Uint8Array.of(...luma, 100, 100, 90, 100, 100, 90, 140, 140, 170, 140, 140, 170);
    expect(
      convertLayout('I444', i444, [
        [0, 3],
        [6, 3],
        [12, 3],
      ]),
    ).toEqual(rgb);
    const tenBits = new Uint8Array(Uint16Array.from(i420, (sample) => sample * 4 + 1).buffer);
    expect(
      convertLayout('I420P10', tenBits, [
        [0, 8],
        [16, 4],
        [20, 4],
      ]),
    ).toEqual(rgb);
    const twelveBits = new Uint8Array(Uint16Array.from(i420, (sample) => sample * 16 - 8).buffer);
    expect(
      convertLayout('I420P12', twelveBits, [
        [0, 8],
        [16, 4],
        [20, 4],
      ]),
    ).toEqual(rgb);
  });

  it('knows the names of layouts', () => {
    expect(yuvLayout('I420A')).toEqual(yuvLayout('I420'));
    expect(yuvLayout('I422AP12')).toEqual({ across: 2, down: 1, interleaved: false, bits: 12 });
    expect(['RGBA', 'BGRX', 'I421', 'none'].map(yuvLayout)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
