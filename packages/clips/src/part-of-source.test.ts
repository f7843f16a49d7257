import { DataError, McoreError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import { type Clip, type ClipSource, leftOutNote, partOfSource, withoutUnreadable } from './index.js';

const clip = (id: string, competition: string): Clip => ({
  ...{ id, competition, diveNumber: '107b', score: 1, difficulty: 1, frameCount: 9, transitions: [3, 6] },
  split: 'train',
});

/** Clips of two events; some have no last frame. */
function source(cutOff: readonly string[]): ClipSource & { notes: string[] } {
  return {
    clips: ['a1', 'a2', 'b1', 'b2', 'b3'].map((id) => clip(id, id[0]!)),
    ...{ description: 'five clips', kind: 'manifest', transitionsFrom: 'equal parts', notes: ['no classes'] },
    frameKey: async (id) => `key of ${id}`,
    readFrames: async (id, indices) => {
      if (cutOff.includes(id) && indices.includes(8)) throw new DataError(`readFrames: expected frame 8 of ${id}.`);
      return { data: new Uint8Array(3 * indices.length), count: indices.length, height: 1, width: 1 };
    },
  };
}

describe('withoutUnreadable', () => {
  it('leaves clips without their last frame out and says of which events they are', async () => {
    const part = await withoutUnreadable(source(['a2', 'b1', 'b3']));
    expect(part).toMatchObject({
      ...{ description: 'five clips', kind: 'manifest', transitionsFrom: 'equal parts' },
      clips: [{ id: 'a1' }, { id: 'b2' }],
      notes: ['no classes', "3 of 5 clips left out, their frames can't be read: 2 of b, 1 of a"],
    });
    expect(await part.frameKey!('a1')).toBe('key of a1');
  });

  it('returns the same source where nothing is missing', async () => {
    const whole = source([]);
    expect(await withoutUnreadable(whole)).toBe(whole);
  });

  it('refuses to leave all out, with the first reason', async () => {
    await expect(withoutUnreadable(source(['a1', 'a2', 'b1', 'b2', 'b3']))).rejects.toThrow(
      new McoreError(
        'ERR_MCORE_DATA',
        'expected clips whose frames can be read in five clips, got none of 5. expected frame 8 of a1.',
      ),
    );
  });

  it('does not hide faults that have nothing to do with the clips', async () => {
    const broken = { ...source([]), readFrames: () => Promise.reject(new TypeError('no decoder')) };
    await expect(withoutUnreadable(broken)).rejects.toThrow(new TypeError('no decoder'));
  });
});

describe('leftOutNote', () => {
  it('names five groups, the largest first, and counts the others', () => {
    const left = Array.from('aabbbcdefg', (event) => ({ competition: event, diveNumber: 'x' }));
    expect(leftOutNote(left, 30)).toBe(
      "10 of 30 clips left out, their frames can't be read: 3 of b, 2 of a, 1 of c, 1 of d, 1 of e and 2 more groups",
    );
  });

  it('names classes where clips have no event', () => {
    expect(leftOutNote([{ competition: '', diveNumber: 'vault' }], 2)).toContain(': 1 of vault');
  });
});

describe('partOfSource', () => {
  it('gives clips another split and leaves the frames alone', async () => {
    const whole = source([]);
    const part = partOfSource(
      whole,
      whole.clips.map((each) => ({ ...each, split: 'test' as const })),
    );
    expect(part.clips.every(({ split }) => split === 'test')).toBe(true);
    expect((await part.readFrames('a1', [0, 1])).count).toBe(2);
    expect(part.notes).toEqual(['no classes']);
  });
});
