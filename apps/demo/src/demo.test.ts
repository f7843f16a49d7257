import { fineDivingLabels } from '@mcore/finediving-labels';
import { describe, expect, it } from 'vitest';
import { describeDive } from './describe-dive.js';
import { frameRate, Playback } from './playback.js';
import { stageOf, stageSpans } from './stage-spans.js';

describe('describeDive', () => {
  it.each([
    ['407c', 'inward, 3½ somersaults, tuck'],
    ['101b', 'forward, ½ somersault, pike'],
    ['102c', 'forward, 1 somersault, tuck'],
    ['113b', 'forward, 1½ flying somersaults, pike'],
    ['5253b', 'back, 2½ somersaults, 1½ twists, pike'],
    ['5132d', 'forward, 1½ somersaults, 1 twist, free position'],
    ['626c', 'armstand back, 3 somersaults, tuck'],
  ])('%s', (number, words) => {
    expect(describeDive(number)).toBe(words);
  });

  it('has words for every label', () => {
    for (const { diveNumber } of fineDivingLabels) expect(describeDive(diveNumber)).toMatch(/somersault/);
  });
});

describe('stages', () => {
  it('cover every frame of every label once, empty stages none', () => {
    for (const { frameCount, transitions } of fineDivingLabels) {
      const spans = stageSpans(frameCount, transitions);
      const lengths = [0, 0, 0];
      for (let frame = 0; frame < frameCount; frame++) lengths[stageOf(frame, transitions)]!++;
      expect(spans.map(({ from, to }) => to - from)).toEqual(lengths);
    }
  });
});

describe('Playback', () => {
  it('shows 25 frames a second while playing, begins again after a pause', () => {
    const playback = new Playback(10);
    playback.tick(100);
    playback.tick(100.2);
    expect(playback.frame).toBe(0);
    playback.playing = true;
    const frames = [0.2, 0.24, 0.32, 0.48, 0.6, 0.8, 1, 1.2, 1.4, 1.5].map((now) => {
      playback.tick(100 + now);
      return playback.frame;
    });
    expect(frames).toEqual([0, 1, 3, 7, 9, 9, 9, 9, 0, 2]);
  });

  it('plays slowly, jumps where told, and does not jump over what a sleeping tab missed', () => {
    const playback = new Playback(100);
    playback.playing = true;
    playback.speed = 0.25;
    playback.tick(0);
    playback.tick(0.16);
    expect(playback.frame).toBe(1);
    playback.seek(50);
    expect(playback.frame).toBe(50);
    playback.tick(1000);
    expect(playback.frame - 50).toBeLessThanOrEqual(0.25 * 0.25 * frameRate);
  });
});
