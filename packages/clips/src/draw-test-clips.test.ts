import { describe, expect, it } from 'vitest';
import { drawTestClips } from './index.js';

const clips = Array.from({ length: 40 }, (_, index) => ({
  id: `${index}`,
  competition: `person ${index % 8}`,
  diveNumber: index < 20 ? 'a' : 'b',
  score: index,
  difficulty: 1,
  frameCount: 9,
  transitions: [3, 6],
  split: 'train' as 'train' | 'test',
}));

describe('drawTestClips', () => {
  it('draws a quarter of every class, the same for the same seed', () => {
    const { clips: drawn, note } = drawTestClips(clips, { seed: 1 });
    const test = drawn.filter(({ split }) => split === 'test');
    expect(test.map(({ diveNumber }) => diveNumber).sort()).toEqual([...'aaaaabbbbb']);
    expect(drawn.map(({ id }) => id)).toEqual(clips.map(({ id }) => id));
    expect(drawTestClips(clips, { seed: 1 }).clips).toEqual(drawn);
    expect(drawTestClips(clips, { seed: 2 }).clips).not.toEqual(drawn);
    expect(note).toBe('no split: 10 clips, a quarter of every class, are for testing (seed 1)');
  });

  it('never puts a group on both sides', () => {
    const { clips: drawn, note } = drawTestClips(clips, { seed: 3, groupOf: ({ competition }) => competition });
    const sides = new Map<string, Set<string>>();
    for (const { competition, split } of drawn) {
      sides.set(competition, (sides.get(competition) ?? new Set()).add(split));
    }
    expect([...sides.values()].every(({ size }) => size === 1)).toBe(true);
    expect(drawn.filter(({ split }) => split === 'test')).toHaveLength(10);
    expect(note).toBe('no split: whole groups, 10 clips, are for testing (seed 3)');
  });

  it('draws clips one by one if all belong to one group', () => {
    const { note } = drawTestClips(clips, { seed: 3, groupOf: () => 'all' });
    expect(note).toContain('10 clips, a quarter of every class');
  });
});
