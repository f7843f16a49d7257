import { sampleIndices, sampleTransitions } from '@mcore/clips';
import { Random } from '@mcore/random';
import { describe, expect, it } from 'vitest';
import { drawTimeWarp, type TimeWarp, timeWarps } from './time-warp.js';

const clip = { frameCount: 104, transitions: [40, 78] };
const [takeOff, entry, last] = [40, 78, 103];
const kinds = Object.keys(timeWarps) as TimeWarp[];
const draws = (kind: TimeWarp) =>
  Array.from({ length: 200 }, (_, seed) => drawTimeWarp(clip, 32, Random.for(seed, kind), kind));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const inFlight = (indices: readonly number[]) => indices.filter((index) => index >= takeOff && index < entry).length;

describe('drawTimeWarp', () => {
  it.each(kinds)('shows 32 frames of the clip in their order, the entry among them: %s', (kind) => {
    for (const indices of draws(kind)) {
      expect(indices).toHaveLength(32);
      // a held approach sways, but never into the flight
      const settled = indices.map((index) => (kind === 'held' ? Math.max(index, takeOff - 1) : index));
      expect(settled).toEqual([...settled].sort((a, b) => a - b));
      expect(Math.min(...indices)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...indices)).toBeLessThanOrEqual(last);
      const [, at] = sampleTransitions(clip.transitions, indices);
      expect(at).toBeGreaterThan(0);
    }
  });

  it('is the usual sampling where nothing is varied but repeated frames', () => {
    const usual = sampleIndices(104, 32);
    const plain = draws('plain');
    const same = plain.filter((indices) => indices.every((index, at) => index === usual[at]));
    expect(same.length / plain.length).toBeGreaterThan(0.75);
    for (const indices of plain)
      for (const [at, index] of indices.entries()) expect(index).toBeLessThanOrEqual(usual[at]!);
  });

  it('changes the share of the flight as each kind says', () => {
    const shares = Object.fromEntries(kinds.map((kind) => [kind, mean(draws(kind).map(inFlight)) / 32]));
    const usual = 38 / 104;
    expect(shares.plain).toBeCloseTo(usual, 1);
    expect(shares.replay).toBeGreaterThan(0.7);
    expect(shares.slowed).toBeGreaterThan(1.2 * usual);
    expect(shares.held).toBeLessThan(0.75 * usual);
    expect(shares.lingering).toBeLessThan(0.75 * usual);
  });

  it('begins most replays in the air, where the first transition is the first frame', () => {
    const begins = draws('replay').map((indices) => sampleTransitions(clip.transitions, indices)[0]!);
    expect(mean(begins.map((begin) => Number(begin === 0)))).toBeGreaterThan(0.6);
    expect(Math.max(...begins)).toBeLessThan(8);
  });

  it('stays within the first frames while an approach is held', () => {
    for (const indices of draws('held')) {
      const [first] = sampleTransitions(clip.transitions, indices);
      expect(indices.slice(0, first).every((index) => index < takeOff)).toBe(true);
    }
  });

  it('shows a clip as it is where its labels leave no room to vary it', () => {
    const tight = { frameCount: 20, transitions: [0, 19] };
    for (const kind of kinds) {
      expect(drawTimeWarp(tight, 8, Random.for(1, 'tight'), kind)).toEqual(
        drawTimeWarp(tight, 8, Random.for(1, 'tight'), 'plain'),
      );
    }
  });

  it('draws the kinds as often as their shares say, which sum to 1', () => {
    expect(Object.values(timeWarps).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    const same = Random.for(4, 'again');
    expect(drawTimeWarp(clip, 32, same)).toEqual(drawTimeWarp(clip, 32, Random.for(4, 'again')));
  });
});
