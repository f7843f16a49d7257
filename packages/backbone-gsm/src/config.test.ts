import { describe, expect, it } from 'vitest';
import { completeConfig, type GsmRegNetYConfig, REGNETY_200MF } from './config.js';

describe('completeConfig', () => {
  it('takes omitted fields from the paper', () => {
    expect(completeConfig({})).toEqual(REGNETY_200MF);
    expect(completeConfig({ gateShift: false })).toEqual({ ...REGNETY_200MF, gateShift: false });
  });

  it.each<[Partial<GsmRegNetYConfig>, string]>([
    [{ groupWidth: 6 }, 'GsmRegNetY: groupWidth must be a positive multiple of 4, got 6.'],
    [{ stemWidth: 30 }, 'GsmRegNetY: stemWidth must be a positive multiple of 4, got 30.'],
    [{ widths: [24, 50] }, 'GsmRegNetY: widths must be one or more positive multiples of groupWidth = 8, got [24,50].'],
    [{ widths: [] }, 'GsmRegNetY: widths must be one or more positive multiples of groupWidth = 8, got [].'],
    [{ depths: [1, 1, 4] }, 'GsmRegNetY: depths must be 4 positive whole numbers, one for each width, got [1,1,4].'],
    [
      { depths: [1, 0, 4, 7] },
      'GsmRegNetY: depths must be 4 positive whole numbers, one for each width, got [1,0,4,7].',
    ],
    [{ gateShift: 1 as unknown as boolean }, 'GsmRegNetY: gateShift must be true or false, got 1.'],
    [{ batchNorm: 'frozen' as 'fixed' }, `GsmRegNetY: batchNorm must be 'fixed' or 'batch', got "frozen".`],
  ])('rejects %o', (config, message) => {
    expect(() => completeConfig(config)).toThrow(message);
  });
});
