import { describe, expect, it } from 'vitest';
import { MetricsError, panelScore } from './index.js';

describe('panelScore', () => {
  it('counts the middle three of seven awards', () => {
    // 407C with difficulty 3.2: 8, 8.5 and 8.5 remain
    expect(panelScore([8.5, 7.5, 9, 8.5, 8, 9, 7], 3.2)).toBeCloseTo(80, 12);
  });

  it('counts all five awards of a synchronised dive, times 0.6', () => {
    // FineDiving's FINADivingWorldCup2021_Men3mSynchronised_final_r4__9
    expect(panelScore([8.5, 8.5, 8.5, 8.5, 8.5], 3.5)).toBeCloseTo(89.25, 12);
    expect(panelScore([7, 9, 8, 8, 8], 3.2)).toBeCloseTo(0.6 * 40 * 3.2, 12);
  });

  it('counts three awards as they are', () => {
    expect(panelScore([7, 8, 9])).toBe(24);
    expect(panelScore([6, 6, 6], 3)).toBe(54);
  });

  it('strikes the given number of awards', () => {
    expect(panelScore([7, 8, 6.5, 7.5, 7], 2, 1)).toBe(43);
    expect(panelScore(Float32Array.of(1, 2, 3, 4), 1, 1)).toBe(5);
  });

  it('reports what it expected', () => {
    expect(() => panelScore([7, 8], 1, 1)).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'panelScore: expected more than 2 awards to strike 1 at each end, got 2.'),
    );
    expect(() => panelScore([], 3)).toThrow(
      new MetricsError('ERR_MCORE_SHAPE', 'panelScore: expected more than 0 awards to strike 0 at each end, got 0.'),
    );
    expect(() => panelScore([7], 1, 0.5)).toThrow(
      new MetricsError('ERR_MCORE_ARGUMENT', 'panelScore: struck must be a whole number of at least 0, got 0.5.'),
    );
  });
});
