import { describe, expect, it } from 'vitest';
import { foldChannels } from './block-sizes.js';
import { multiplyAdds, parameterCount, REGNETY_200MF, REGNETY_SMALL } from './index.js';

describe('counts', () => {
  it('of parameters equal those of the released model, and of timm without gate shifts', () => {
    expect(parameterCount(REGNETY_200MF)).toBe(2_815_598);
    expect(parameterCount({ gateShift: false })).toBe(2_793_996);
    expect(parameterCount(REGNETY_SMALL)).toBe(380_814); // counted by PyTorch
  });

  it('of multiply-adds are 11.33 and 11.07 GFLOP for a clip of 96 frames of 112x112', () => {
    expect(multiplyAdds(REGNETY_200MF, 96, 112, 112)).toBe(5_666_967_552);
    expect(multiplyAdds({ gateShift: false }, 96, 112, 112)).toBe(5_534_340_096);
    expect(((2 * multiplyAdds(REGNETY_200MF, 96, 112, 112)) / 1e9).toFixed(2)).toBe('11.33');
    expect(((2 * multiplyAdds({ gateShift: false }, 96, 112, 112)) / 1e9).toFixed(2)).toBe('11.07');
  });

  it('of multiply-adds by hand for a network of one block and an odd size', () => {
    const config = { stemWidth: 4, widths: [8], depths: [1], groupWidth: 8 };
    // 5x3 -> stem 3x2 -> block 2x1; fold 4 of 4, squeeze 1 of 8
    const stem = 6 * 27 * 4;
    const block = 6 * 27 * 4 + 6 * 4 * 8 + 2 * 9 * 8 * 8 + 2 * 8 * 1 + 2 * 8 * 8 + 2 * 4 * 8;
    expect(multiplyAdds(config, 7, 5, 3)).toBe(7 * (stem + block));
  });

  it('the small network needs 4 to 6 times fewer multiply-adds', () => {
    const ratio = multiplyAdds(REGNETY_200MF, 32, 64, 64) / multiplyAdds(REGNETY_SMALL, 32, 64, 64);
    expect(ratio.toFixed(2)).toBe('4.36');
    expect((2 * multiplyAdds(REGNETY_SMALL, 32, 64, 64)) / 1e6).toBeCloseTo(251.15, 2);
  });

  it('computes the fold as the released code does', () => {
    expect([24, 32, 56, 152, 368].map(foldChannels)).toEqual([8, 8, 16, 40, 92]);
  });

  it('reports an invalid size', () => {
    expect(() => multiplyAdds(REGNETY_SMALL, 96, 0, 112)).toThrow(
      'multiplyAdds: height must be a positive whole number, got 0.',
    );
    expect(() => multiplyAdds(REGNETY_SMALL, 1.5, 8, 8)).toThrow(
      'multiplyAdds: frames must be a positive whole number, got 1.5.',
    );
  });
});
