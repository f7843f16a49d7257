import { DataError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { ClipSet, labelsFingerprint } from './index.js';

const clips = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ id: `event__${from + index}` }));

describe('ClipSet', () => {
  it('knows its members after packing and unpacking, and none of 20,000 other clips', () => {
    const members = clips(2000);
    const set = ClipSet.unpack(ClipSet.of(members).pack());
    expect(set.size).toBe(2000);
    expect(members.every((clip) => set.has(clip))).toBe(true);
    expect(clips(20_000, 2000).filter((clip) => set.has(clip))).toEqual([]);
  });

  it('packs equal sets to equal texts of 8 characters a clip, whatever their order', () => {
    const packed = ClipSet.of(clips(5)).pack();
    expect(packed).toHaveLength(40);
    expect(ClipSet.of(clips(5).reverse()).pack()).toBe(packed);
    // the value itself, so that weights from before are understood: FNV-1a of "a" is 0xe40c292c
    expect(ClipSet.of([{ id: 'a' }]).pack()).toBe('w4cagLGz');
  });

  it('says what it expected of a packed set', () => {
    expect(() => ClipSet.unpack('AAAA')).toThrow(
      new DataError('ClipSet.unpack: expected a multiple of 6 bytes, got 3.'),
    );
    expect(() => ClipSet.unpack('%')).toThrow(new DataError('ClipSet.unpack: expected base64, got other characters.'));
  });
});

describe('labelsFingerprint', () => {
  const clip = (id: string, score: number) => ({
    ...{ id, competition: '01', diveNumber: '107b', score, difficulty: 3, frameCount: 96 },
    ...{ transitions: [20, 60], split: 'train' as const },
  });

  it('follows labels and clips, and neither the order nor the split', () => {
    const before = labelsFingerprint([clip('a', 60), clip('b', 70)]);
    expect(before).toMatch(/^[0-9a-f]{12}$/);
    expect(labelsFingerprint([clip('b', 70), { ...clip('a', 60), split: 'test' }])).toBe(before);
    expect(labelsFingerprint([clip('a', 61), clip('b', 70)])).not.toBe(before);
    expect(labelsFingerprint([clip('a', 60)])).not.toBe(before);
  });
});
