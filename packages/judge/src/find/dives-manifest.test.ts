import { describe, expect, it } from 'vitest';
import { divesManifest, diveWithin } from './dives-manifest.js';

const dive = { start: 61.2, takeOff: 62.4, entry: 63.9, end: 65.38, confidence: 0.91, replay: false };

describe('divesManifest', () => {
  it('writes a row for each dive, with names quoted where they have to be', () => {
    expect(divesManifest([{ ...dive, path: 'men, final.mp4' }])).toBe(
      'path,start,end,transition_seconds,confidence,replay\n"men, final.mp4",61.200,65.380,62.400 63.900,0.910,no\n',
    );
  });
});

describe('diveWithin', () => {
  it('counts from where the file begins', () => {
    const { start, takeOff, entry, end } = diveWithin(dive, 60);
    expect([start, takeOff, entry, end].map((second) => Math.round(second * 100))).toEqual([120, 240, 390, 538]);
  });
});
