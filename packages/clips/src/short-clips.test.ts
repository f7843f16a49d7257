import { ArgumentError } from '@mcore/errors';
import { pattern } from '@mcore/testing/patterns';
import { describe, expect, it } from 'vitest';
import { emptyColor, padFrames, sampleClip, sampleIndices } from './index.js';

describe('sampleClip', () => {
  it('repeats frames of short clips, as both presets do', () => {
    expect(sampleClip(63, 96)).toEqual({ indices: sampleIndices(63, 96), padding: 0 });
    expect(sampleClip(3, 6)).toEqual({ indices: [0, 0, 0, 1, 1, 2], padding: 0 });
  });

  it("takes every frame once under 'pad', and samples long clips as ever", () => {
    expect(sampleClip(3, 6, { short: 'pad', start: 489 })).toEqual({ indices: [0, 1, 2], padding: 3 });
    expect(sampleClip(134, 96, { short: 'pad', start: 2 })).toEqual({ indices: sampleIndices(134, 96, 2), padding: 0 });
  });
});

describe('padFrames', () => {
  it('appends frames that are nearly 0 once normalised', () => {
    const frames = pattern('noise', 2, 3);
    const padded = padFrames(frames, 3);
    expect({ count: padded.count, length: padded.data.length }).toEqual({ count: 3, length: 3 * 2 * 3 * 3 });
    expect(padded.data.subarray(0, 18)).toEqual(frames.data);
    for (let byte = 18; byte < padded.data.length; byte++) expect(padded.data[byte]).toBe(emptyColor[byte % 3]);
    const mean = [0.485, 0.456, 0.406];
    const deviation = [0.229, 0.224, 0.225];
    for (const [channel, value] of emptyColor.entries()) {
      expect(Math.abs((value / 255 - mean[channel]!) / deviation[channel]!)).toBeLessThan(0.009);
    }
  });

  it('returns complete clips as they are and names what is too short', () => {
    const frames = pattern('noise', 2, 3);
    expect(padFrames(frames, 1)).toBe(frames);
    expect(() => padFrames(frames, 0)).toThrow(
      new ArgumentError('padFrames: count must be a whole number of at least 1, got 0.'),
    );
  });
});
